import { type ListenerAction, NO_PORT, type Plan, type ServicePlan } from "../plan/plan.ts";
import type { Note } from "../saved/note.ts";
import { recordsIn } from "../expression/values.ts";
import { type Found } from "./found.ts";
import { balancerNetwork, type Network, networkOf } from "./networks.ts";
import { type Ports, SecurityGroups } from "./security-groups.ts";

/** A way on which someone connects to the tasks of a service. */
interface Way {
  readonly to: ServicePlan;
  /** Undefined: anyone. */
  readonly from: { readonly address: string; readonly network: Network } | undefined;
  /** One of them is enough: an A record has no port. */
  readonly ports: readonly Ports[];
  /** What happens in AWS where it is closed. */
  readonly end: string;
}

/** Ports that no rule of a security group opens to those who connect. Groups that the folder does not create give no warning. */
export function portWarnings(found: Found, plan: Plan): Note[] {
  const groups = new SecurityGroups(found);
  return [...discoveredWays(found, plan), ...balancedWays(found, plan)].flatMap((way) => {
    const { to, from, ports, end } = way;
    const network = networkOf(to, plan, found);
    if (!isClosed(groups, network, from?.network, ports)) return [];
    const namesOf = ({ places }: Network): string => groups.namesOf([...new Set(places.flat())]);
    const who = from ? `${from.address} (${namesOf(from.network)})` : "anyone";
    const text = `no rule of ${namesOf(network)} lets ${who} in on ${ports.map(portText).join(" or ")}. In AWS ${end}`;
    return [{ address: to.address, text }];
  });
}

function isClosed(
  groups: SecurityGroups,
  to: Network,
  from: Network | undefined,
  ports: readonly Ports[],
): boolean {
  const clients = from?.places ?? [undefined];
  const areKnown = [...to.places, ...clients].every((ids) => !ids || groups.areKnown(ids));
  if (!areKnown || [to.places, clients, ports].some(({ length }) => length === 0)) return false;
  if (to.isOneHost && from?.isOneHost !== false) return false;
  return !ports.some((range) =>
    to.places.some((ids) => clients.some((client) => groups.opens(ids, range, client))),
  );
}

const portText = ([first, last]: Ports): string =>
  first === last ? `port ${first}` : `ports ${first}-${last}`;

/** Where clients find tasks of a service by a name. */
interface Door {
  readonly name: string;
  readonly ports: readonly Ports[];
  /** The namespace of Service Connect, whose clients alone have the name. */
  readonly namespace?: string;
}

/** From the services that name another one; from anyone, if none does. */
function discoveredWays(found: Found, plan: Plan): Way[] {
  return plan.services.flatMap((to) =>
    doorsOf(to, found, plan).flatMap(({ name, ports, namespace }): Way[] => {
      const others = plan.services.filter(
        (each) =>
          each !== to && (namespace === undefined || each.serviceConnect?.namespace === namespace),
      );
      const clients = others.filter((each) => textsOf(each, plan).some((text) => isIn(name, text)));
      const end = `a connection to ${name} ends with a timeout`;
      if (clients.length === 0)
        return others.length > 0 ? [{ to, from: undefined, ports, end }] : [];
      return clients.map((client) => {
        const { address } = client;
        return { to, from: { address, network: networkOf(client, plan, found) }, ports, end };
      });
    }),
  );
}

function doorsOf(service: ServicePlan, found: Found, plan: Plan): Door[] {
  const { address, registries, serviceConnect } = service;
  const discovered = registries.flatMap((registry) => {
    const { name } = plan.discovery.get(registry.address) ?? {};
    const all = mappingsOf(service, plan);
    const own = all.filter(
      (each) =>
        registry.containerPort === NO_PORT ||
        (each.container === registry.containerName && each.port === registry.containerPort),
    );
    return name === undefined ? [] : [{ name, ports: own.map((each) => each.ports) }];
  });
  const [configuration = {}] = recordsIn(found.at(address)["service_connect_configuration"]);
  const written = recordsIn(configuration["service"]);
  const isTask = plan.taskDefinitions.get(service.taskDefinition)?.networkMode === "awsvpc";
  const connected = (serviceConnect?.endpoints ?? []).map((endpoint, index) => {
    // The proxy listens: in bridge mode on a dynamic port, whatever the container's is.
    const override = Number(written[index]?.["ingress_port_override"] ?? 0);
    const port = override || (isTask ? endpoint.containerPort : 0);
    return {
      name: `${endpoint.dnsName}:${endpoint.port}`,
      ports: [rangeOf(port, plan)],
      namespace: serviceConnect?.namespace ?? "",
    };
  });
  return [...discovered, ...connected];
}

const rangeOf = (port: number, { hosts }: Plan): Ports => (port === 0 ? hosts.ports : [port, port]);

/** The ports of a service, with those of its host. */
const mappingsOf = ({ taskDefinition }: ServicePlan, plan: Plan) =>
  (plan.taskDefinitions.get(taskDefinition)?.containers ?? []).flatMap(({ name, portMappings }) =>
    portMappings.map(({ containerPort, hostPort }) => ({
      container: name,
      port: containerPort,
      ports: rangeOf(hostPort, plan),
    })),
  );

/** What may tell a service the names of others. */
const textsOf = ({ taskDefinition }: ServicePlan, { taskDefinitions }: Plan): string[] =>
  (taskDefinitions.get(taskDefinition)?.containers ?? []).flatMap(
    ({ environment, command = [], entryPoint = [] }) => [
      ...Object.values(environment),
      ...command,
      ...entryPoint,
    ],
  );

/** Whether a text has the name, and not as a part of another one. */
const isIn = (name: string, text: string): boolean =>
  text
    .split(/[^\w.:-]+/)
    .some((word) => word === name || word.endsWith(`:${name}`) || word.startsWith(`${name}:`));

/** From the load balancers that forward to its target groups. */
function balancedWays(found: Found, plan: Plan): Way[] {
  return plan.services.flatMap((to) =>
    to.targets.flatMap((target) => {
      const ports = mappingsOf(to, plan)
        .filter(
          ({ container, port }) =>
            container === target.containerName && port === target.containerPort,
        )
        .map((each) => each.ports);
      const end = "its targets stay unhealthy: Request timed out";
      return balancersOf(target.address, plan).map((address): Way => {
        return { to, from: { address, network: balancerNetwork(address, found) }, ports, end };
      });
    }),
  );
}

const balancersOf = (group: string, { loadBalancers }: Plan): string[] => {
  const isTo = (action: ListenerAction): boolean =>
    action.type === "forward" && action.targetGroup === group;
  return loadBalancers
    .filter(({ listeners }) =>
      listeners.some(({ action, rules }) =>
        [action, ...rules.map((each) => each.action)].some(isTo),
      ),
    )
    .map(({ address }) => address);
};
