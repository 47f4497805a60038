import { entryOf } from "../types/resource-type.ts";
import { HarnessError } from "../../base/errors.ts";
import { clusterOf } from "./cluster-names.ts";
import type { Arguments, Model, Resource } from "./model.ts";
import type { EndpointPlan, ServiceConnectPlan, ServicePlan, TaskDefinitionPlan } from "./plan.ts";
import { parseSymbol } from "../expression/symbol.ts";
import { checkUnique } from "./unique.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TimeoutConfiguration.html */
const IDLE = { tcp: 3600, http: 300 };

type Configuration = NonNullable<Arguments<"aws_ecs_service">["service_connect_configuration"]>;

/**
 * Reads the Service Connect configuration of a service.
 * @param names of existing namespaces outside the template, by id
 */
export function readServiceConnect(
  model: Model,
  service: Resource<"aws_ecs_service">,
  definition: TaskDefinitionPlan | undefined,
  names: Readonly<Record<string, string>>,
): ServiceConnectPlan | undefined {
  const given = service.arguments.service_connect_configuration;
  if (!given?.enabled) return undefined;
  const where = `${service.address}.service_connect_configuration`;
  if (definition?.networkMode === "host") {
    const message = `${where}: Service Connect requires bridge or awsvpc mode, not host mode`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const namespace = nameOf(model, namespaceOf(model, service, given.namespace), names);
  const endpoints = given.service.map((each, index) =>
    readEndpoint(`${where}.service.${index}`, each, definition, namespace),
  );
  return { namespace, endpoints };
}

/** The service's own namespace, or else its cluster's. */
function namespaceOf(
  model: Model,
  service: Resource<"aws_ecs_service">,
  own: string | undefined,
): string {
  if (own !== undefined) return own;
  const [cluster] = model.all("aws_ecs_cluster");
  // Of an existing cluster the default is not known. The console gives it the cluster's name.
  if (cluster === undefined) return clusterOf(model, service);
  const inherited = cluster.arguments.service_connect_defaults?.namespace;
  if (inherited !== undefined) return inherited;
  const message = `${service.address}.service_connect_configuration.namespace: is required, because ${cluster.address} has no service_connect_defaults`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** The name of a namespace, which is given by its name, ARN or reference. */
function nameOf(model: Model, given: string, names: Readonly<Record<string, string>>): string {
  const address = parseSymbol(given)?.address;
  const declared = address === undefined ? undefined : model.declared.get(address);
  const name = declared?.arguments["name"];
  if (typeof name === "string") return name;
  const id = address ?? given.replace(/^arn:.*:namespace\//, "");
  return entryOf(names, id) ?? id;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectService.html */
function readEndpoint(
  where: string,
  { port_name, discovery_name, client_alias: alias, timeout }: Configuration["service"][number],
  definition: TaskDefinitionPlan | undefined,
  namespace: string,
): EndpointPlan {
  const ports = (definition?.containers ?? []).flatMap(({ name, portMappings }) =>
    portMappings.map((mapping) => ({ ...mapping, containerName: name })),
  );
  const port = ports.find(({ name }) => name === port_name);
  if (port === undefined) {
    const named = ports.flatMap(({ name }) => name ?? []).join(", ") || "none";
    const message = `${where}.port_name: no port of the task definition has the name "${port_name}"; names: ${named}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const { containerName, containerPort, appProtocol } = port;
  if (appProtocol === undefined && timeout?.per_request_timeout_seconds !== undefined) {
    const message = `${where}.timeout.per_request_timeout_seconds: requires an appProtocol of the port "${port_name}"`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const discoveryName = discovery_name ?? port_name;
  return {
    discoveryName,
    dnsName: alias?.dns_name ?? `${discoveryName}.${namespace}`,
    port: alias?.port ?? containerPort,
    containerName,
    containerPort,
    idleTimeout: timeout?.idle_timeout_seconds ?? IDLE[appProtocol === undefined ? "tcp" : "http"],
  };
}

/** Discovery names, and aliases with their ports, are unique in a namespace. */
export function checkEndpoints(services: readonly ServicePlan[]): void {
  const all = services.flatMap(({ address, serviceConnect }) =>
    (serviceConnect?.endpoints ?? []).map((endpoint) => ({
      ...endpoint,
      where: `${address}.service_connect_configuration.service`,
      namespace: serviceConnect?.namespace,
    })),
  );
  checkUnique(all, ({ where, namespace, discoveryName }) => [
    `${where}.discovery_name`,
    `${discoveryName} in namespace ${namespace}`,
  ]);
  checkUnique(all, ({ where, namespace, dnsName, port }) => [
    `${where}.client_alias`,
    `${dnsName}:${port} in namespace ${namespace}`,
  ]);
}
