import type { TargetGroup } from "../balancing/target-group.ts";
import { now } from "../base/events.ts";
import type { Task } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan.ts";

/** `good`: runs and serves; `bad`: a health check failed for good; `new`: no verdict yet. */
export type Verdict = "new" | "good" | "bad";

/** A task is judged by its containers and its targets, by neither within the grace period. */
export function verdictOn(
  task: Task,
  { targets, healthCheckGracePeriod }: ServicePlan,
  targetGroups: ReadonlyMap<string, TargetGroup>,
): Verdict {
  if (task.status !== "RUNNING" || task.stopping) return "new";
  const states = targets.map(({ address }) => targetGroups.get(address)?.stateOf(task.id));
  if (task.health === "UNHEALTHY" || states.includes("unhealthy")) {
    const graceEnds = (task.startedAt ?? 0) + healthCheckGracePeriod * 1000;
    return targets.length > 0 && now() < graceEnds ? "new" : "bad";
  }
  const proven = !task.hasHealthCheck || task.health === "HEALTHY";
  return proven && states.every((state) => state === "healthy") ? "good" : "new";
}
