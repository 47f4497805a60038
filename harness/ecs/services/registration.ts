import type { TargetGroup } from "../balancing/target-group.ts";
import type { CloudMap } from "../discovery/cloud-map.ts";
import type { ServiceConnect } from "../discovery/service-connect.ts";
import type { Task } from "../tasks/task.ts";
import { NO_PORT, type ServicePlan } from "../terraform/plan/plan.ts";

/** The registries of tasks. */
export interface Registries {
  readonly cloudMap: CloudMap;
  readonly serviceConnect: ServiceConnect;
  /** By resource address. */
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  /** Milliseconds until Cloud Map shows a changed health status (containers-roadmap#449: about 30 s). */
  readonly healthLag: number;
  /** The AWS region, if the template names it. */
  readonly region: string | undefined;
}

/**
 * Registers a running task. Its records appear before it is healthy (amazon-ecs-agent#1421). With a health
 * check, Cloud Map counts it as unhealthy until a check passes.
 */
export function register(task: Task, plan: ServicePlan, registries: Registries): void {
  const address = task.address ?? "";
  for (const reference of plan.registries) {
    const port = reference.containerPort === NO_PORT ? NO_PORT : task.portOf(reference);
    if (port === undefined) continue;
    const healthy = !task.hasHealthCheck;
    const attributes = attributesOf(task, plan, registries);
    const instance = { id: task.id, address, port, healthy, attributes };
    registries.cloudMap.register(reference.address, instance);
  }
  const { namespace = "", endpoints = [] } = plan.serviceConnect ?? {};
  for (const endpoint of endpoints) {
    const port = task.portOf(endpoint);
    if (port === undefined) continue;
    const target = { taskId: task.id, address, port, healthy: !task.hasHealthCheck };
    registries.serviceConnect.register(namespace, endpoint.discoveryName, target);
  }
  for (const reference of plan.targets) {
    const port = task.portOf(reference);
    const group = registries.targetGroups.get(reference.address);
    if (port !== undefined) group?.register(task.id, plan.name, address, port);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html */
function attributesOf(
  { context, host }: Task,
  { name, cluster }: ServicePlan,
  { region }: Registries,
): Record<string, string> {
  return {
    ...(region !== undefined && { REGION: region, AVAILABILITY_ZONE: `${region}${host?.zone}` }),
    ...(host && { EC2_INSTANCE_ID: host.id }),
    ECS_CLUSTER_NAME: cluster,
    ECS_SERVICE_NAME: name,
    ECS_TASK_DEFINITION_FAMILY: context.revision.definition.family,
  };
}

/** Reports a task's health to Cloud Map, after the lag, and to Service Connect. */
export function reportHealth(task: Task, plan: ServicePlan, registries: Registries): void {
  const { health } = task;
  if (health === "UNKNOWN") return;
  registries.serviceConnect.setHealth(task.id, health === "HEALTHY");
  const report = (): void => {
    for (const { address } of plan.registries) {
      registries.cloudMap.setHealth(address, task.id, health === "HEALTHY");
    }
  };
  setTimeout(report, registries.healthLag).unref();
}

/**
 * Deregisters a task. First its records are removed; ECS does not wait for their TTL (containers-roadmap#343).
 * A load balancer waits for the requests in flight.
 */
export async function deregister(
  task: Task,
  plan: ServicePlan,
  registries: Registries,
): Promise<void> {
  for (const { address } of plan.registries) registries.cloudMap.deregister(address, task.id);
  registries.serviceConnect.deregister(task.id);
  const groups = plan.targets.flatMap(({ address }) => registries.targetGroups.get(address) ?? []);
  await Promise.all(groups.map((group) => group.deregister(task.id)));
}
