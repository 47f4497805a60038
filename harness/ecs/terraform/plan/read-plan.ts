import { HarnessError } from "../../base/errors.ts";
import { readBalancers } from "./balancer-plan.ts";
import { readDiscovery, readNamespaces } from "./discovery-plan.ts";
import { hostGroups, readHosts } from "./host-plan.ts";
import type { Model } from "./model.ts";
import type { HostPlan, Plan, ServicePlan, TaskDefinitionPlan } from "./plan.ts";
import { readServices } from "./service-plan.ts";
import { readTaskDefinitions } from "./task-definition-plan.ts";

/**
 * Converts checked resources to what the local ECS runs.
 * @throws HarnessError with the address and argument that is contradictory or not supported
 * @param namespaces names of existing Cloud Map namespaces outside the template, by id
 */
export function readPlan(model: Model, namespaces: Readonly<Record<string, string>> = {}): Plan {
  const taskDefinitions = readTaskDefinitions(model);
  const discovery = readDiscovery(model, namespaces);
  const services = readServices(model, taskDefinitions, namespaces);
  const { problems } = model;
  for (const service of services) {
    problems.attempt(() => checkRecords(service, taskDefinitions, discovery));
  }
  problems.attempt(() => checkFixedPorts(model, services, taskDefinitions));
  const hosts = problems.attempt(() => readHosts(model));
  const balancers = readBalancers(model);
  problems.throwAny();
  return {
    // Without hosts there is a problem.
    hosts: hosts ?? NO_HOSTS,
    taskDefinitions,
    discovery,
    namespaces: readNamespaces(model, namespaces),
    services,
    ...balancers,
  };
}

/**
 * ECS refuses a service with record types other than SRV if its tasks have no network interface of their own.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
 */
function checkRecords(
  { address, taskDefinition, registries }: ServicePlan,
  taskDefinitions: Plan["taskDefinitions"],
  discovery: Plan["discovery"],
): void {
  const mode = taskDefinitions.get(taskDefinition)?.networkMode;
  if (mode === "awsvpc") return;
  for (const registry of registries) {
    const other = discovery.get(registry.address)?.records.find(({ type }) => type !== "SRV");
    if (!other) continue;
    const message = `${address}.service_registries: in ${mode} mode ECS registers only SRV records, but ${registry.address} has ${other.type}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
}

const NO_HOSTS: HostPlan = { count: 0, memory: 0, ports: [0, 0] };

/**
 * Refuses two services that need the same fixed port of the only host: in AWS one of them is never placed. The
 * local ECS has at least two hosts, which would hide that.
 * @throws HarnessError ERR_TEMPLATE with both services
 */
function checkFixedPorts(
  model: Model,
  services: readonly ServicePlan[],
  taskDefinitions: ReadonlyMap<string, TaskDefinitionPlan>,
): void {
  const [group, another] = hostGroups(model);
  const { min_size = 0, desired_capacity = min_size } = group?.arguments ?? {};
  if (!group || another || desired_capacity !== 1) return;
  const holders = new Map<number, ServicePlan>();
  for (const service of services) {
    if (service.desiredCount === 0) continue;
    for (const port of fixedPorts(taskDefinitions.get(service.taskDefinition))) {
      const other = holders.get(port);
      if (other) {
        const message = `${service.address}: needs port ${port} of a host, as ${other.address} does, but ${group.address} has only one host; set hostPort 0 for one of them, or use a second host`;
        throw new HarnessError("ERR_TEMPLATE", message);
      }
      holders.set(port, service);
    }
  }
}

/** In awsvpc mode a task has its own address. */
function fixedPorts(definition: TaskDefinitionPlan | undefined): number[] {
  if (!definition || definition.networkMode === "awsvpc") return [];
  const ports = definition.containers.flatMap(({ portMappings }) =>
    portMappings.map(({ hostPort }) => hostPort).filter((port) => port > 0),
  );
  return [...new Set(ports)];
}
