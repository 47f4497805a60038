import { parseCidr } from "../cidr.ts";
import type { EnvironmentFields } from "../environment-schema.ts";
import { mostTasks } from "../app-schema.ts";
import { registriesIn } from "../offers/offers.ts";
import { pulledImage } from "../image-mirror.ts";
import type { Contradiction } from "./contradiction.ts";
import { servicesWithoutNat } from "../network-schema.ts";
import { serviceOf } from "../redis-kinds.ts";

const names = "because endpoints there are not named com.amazonaws.<region>.<service>";

/** A host without NAT reaches only ECR in its own region. */
export const localImage = ({ region }: EnvironmentFields): string =>
  `with network.nat none, an image in ECR of the same region, <account>.${registriesIn(region)}/<repository>: ` +
  "push a copy there, or pull it once through ECR's pull-through cache from a network with internet access";

/** Rules about networks without NAT or with endpoints. */
export const networkContradictions: readonly Contradiction[] = [
  {
    path: ["network", "nat"],
    allowed: `single or perZone in China, ${names}`,
    holds: (environment) => hasNat(environment) || !isChina(environment),
  },
  {
    path: ["network", "endpoints"],
    allowed: `none in China, ${names}`,
    holds: (environment) => endpointsOf(environment).length === 0 || !isChina(environment),
  },
  {
    path: ["network", "cidr"],
    allowed: roomAllowed,
    holds: hasRoom,
  },
  {
    path: ["redis", "image"],
    allowed: localImage,
    holds: (environment) => {
      const service = serviceOf(environment);
      return !service || canPull(pulledImage(service), environment);
    },
  },
  {
    path: ["app", "image"],
    allowed: localImage,
    holds: (environment) => canPull(environment.app.image, environment),
  },
];

function isChina({ region }: EnvironmentFields): boolean {
  return region.startsWith("cn-");
}

/** An existing network is assumed to have internet access. */
function hasNat({ network }: EnvironmentFields): boolean {
  return !("nat" in network) || network.nat !== "none";
}

function endpointsOf({ network }: EnvironmentFields): readonly string[] {
  return "endpoints" in network ? network.endpoints : [];
}

/** The tasks in awsvpc mode, by the field that sets their number. */
function tasksInSubnets({ app, services }: EnvironmentFields): [field: string, tasks: number][] {
  const ofApp = app.autoscaling === undefined ? "app.desiredCount" : "app.autoscaling.max";
  const all = [
    { field: ofApp, mode: app.networkMode, tasks: mostTasks(app) },
    ...Object.entries(services).map(([name, { networkMode: mode, desiredCount: tasks }]) => ({
      field: `services.${name}.desiredCount`,
      mode,
      tasks,
    })),
  ];
  return all.filter(({ mode }) => mode === "awsvpc").map(({ field, tasks }) => [field, tasks]);
}

function roomAllowed(environment: EnvironmentFields): string {
  const tasks = tasksInSubnets(environment).map(([field, count]) => `${field} (${count})`);
  const hosts =
    "a block whose private subnets, each an eighth of it, have room for cluster.maxHosts";
  if (tasks.length === 0) return hosts;
  return `${hosts}, and for twice the tasks with networkMode awsvpc, as during a deploy: ${tasks.join(", ")}`;
}

/**
 * AWS reserves 5 addresses of a subnet. A load balancer may need 8, and EFS, each endpoint and each task in
 * awsvpc mode one. During a deploy there are twice as many tasks.
 */
function hasRoom(environment: EnvironmentFields): boolean {
  const { network, cluster } = environment;
  if (!("cidr" in network) || "name" in cluster) return true;
  const endpoints = hasNat(environment) ? 0 : Object.keys(servicesWithoutNat).length;
  const taken = 5 + 8 + 1 + endpoints + network.endpoints.length;
  const tasks = tasksInSubnets(environment).reduce((sum, [, count]) => sum + 2 * count, 0);
  const hosts = Math.ceil((cluster.maxHosts + tasks) / network.zones.length);
  const prefix = (parseCidr(network.cidr)?.prefix ?? 32) + 3;
  return hosts + taken <= 2 ** (32 - prefix);
}

/** Whether hosts can pull an image. An image in a parameter is not known yet, so the answer is true. */
export function canPull(
  image: EnvironmentFields["app"]["image"],
  environment: EnvironmentFields,
): boolean {
  if (hasNat(environment) || typeof image !== "string") return true;
  const [, registries] = /^\d{12}\.([^/]+)\//.exec(image) ?? [];
  return registries === registriesIn(environment.region);
}
