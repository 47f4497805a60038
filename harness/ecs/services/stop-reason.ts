import type { TargetGroup } from "../balancing/target-group.ts";
import type { Task } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan/plan.ts";
import type { Stop } from "./scheduler.ts";

type StoppedTask = Pick<Task, "id" | "health"> & {
  readonly context: Pick<Task["context"], "deploymentId">;
};

/**
 * Why a service stops a task, in ECS' words.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
 */
export function stopReason(
  why: Stop["why"],
  { id, health, context: { deploymentId } }: StoppedTask,
  { targets }: Pick<ServicePlan, "targets">,
  targetGroups: ReadonlyMap<string, Pick<TargetGroup, "plan" | "stateOf">>,
): string {
  if (why === "scaled") return `Scaling activity initiated by (deployment ${deploymentId})`;
  // AWS documents no words for it.
  if (why === "drained") return "Service scheduler: container instance is DRAINING";
  if (health === "UNHEALTHY") return "Task failed container health checks";
  const failed = targets
    .map(({ address }) => targetGroups.get(address))
    .find((group) => group?.stateOf(id) === "unhealthy");
  return `Task failed ELB health checks in (target-group ${failed?.plan.name})`;
}
