import type { TargetGroup } from "../balancing/target-group.ts";
import type { CloudMap } from "../discovery/cloud-map.ts";
import type { Task } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan.ts";

/** Where tasks are made known. */
export interface Registries {
  readonly cloudMap: CloudMap;
  /** By resource address. */
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  /** Milliseconds until Cloud Map shows a change of health (containers-roadmap#449: about 30 s). */
  readonly healthLag: number;
}

/**
 * Registers a task that runs. Its records appear before it is healthy (amazon-ecs-agent#1421); until
 * then, if it has a health check, Cloud Map counts it as unhealthy.
 */
export function register(task: Task, plan: ServicePlan, registries: Registries): void {
  const address = task.address ?? "";
  for (const reference of plan.registries) {
    const port = task.portOf(reference);
    if (port === undefined) continue;
    const healthy = !task.hasHealthCheck;
    registries.cloudMap.register(reference.address, { id: task.id, address, port, healthy });
  }
  for (const reference of plan.targets) {
    const port = task.portOf(reference);
    const group = registries.targetGroups.get(reference.address);
    if (port !== undefined) group?.register(task.id, plan.name, address, port);
  }
}

/** Tells Cloud Map a task's health, after the lag. */
export function reportHealth(task: Task, plan: ServicePlan, registries: Registries): void {
  const { health } = task;
  if (health === "UNKNOWN") return;
  const report = (): void => {
    for (const { address } of plan.registries) {
      registries.cloudMap.setHealth(address, task.id, health === "HEALTHY");
    }
  };
  setTimeout(report, registries.healthLag).unref();
}

/**
 * Takes a task out. Its records go first, and nobody waits for their TTL (containers-roadmap#343);
 * a load balancer is given time for the requests in flight.
 */
export async function deregister(
  task: Task,
  plan: ServicePlan,
  registries: Registries,
): Promise<void> {
  for (const { address } of plan.registries) registries.cloudMap.deregister(address, task.id);
  const groups = plan.targets.flatMap(({ address }) => registries.targetGroups.get(address) ?? []);
  await Promise.all(groups.map((group) => group.deregister(task.id)));
}
