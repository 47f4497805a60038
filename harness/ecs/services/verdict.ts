import type { TargetGroup } from "../balancing/target-group.ts";
import { now } from "../base/events.ts";
import type { Task } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan/plan.ts";

/** `good`: running and healthy; `bad`: its health checks failed; `new`: no result yet. */
export type Verdict = "new" | "good" | "bad";

/** The verdict on a task by its containers and its targets. Failures within the grace period are ignored. */
export function verdictOn(
  task: Task,
  { targets, healthCheckGracePeriod }: ServicePlan,
  targetGroups: ReadonlyMap<string, TargetGroup>,
): Verdict {
  if (task.status !== "RUNNING" || task.stopping) return "new";
  const states = targets.map(({ address }) => targetGroups.get(address)?.stateOf(task.id));
  if (task.health === "UNHEALTHY" || states.includes("unhealthy")) {
    const graceEnds = (task.startedAt ?? 0) + healthCheckGracePeriod * 1000;
    return now() < graceEnds ? "new" : "bad";
  }
  const proven = !task.hasHealthCheck || task.health === "HEALTHY";
  return proven && states.every((state) => state === "healthy") ? "good" : "new";
}
