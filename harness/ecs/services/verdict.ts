import type { TargetGroup } from "../balancing/target-group.ts";
import { now } from "../base/events.ts";
import type { Task } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan/plan.ts";

/** `good`: running and healthy; `bad`: its health checks failed; `new`: no result yet. */
export type Verdict = "new" | "good" | "bad";

/**
 * Milliseconds after RUNNING until a task that nothing checks counts as healthy.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html (minimumHealthyPercent)
 */
export const UNCHECKED = 40_000;

/** What decides about a task beside the task itself. */
interface Checks {
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  /** How many times faster than in AWS. */
  readonly speed: number;
}

/** Whether a health check of its containers or of a load balancer decides about a task. */
export const isChecked = (
  { hasHealthCheck }: Pick<Task, "hasHealthCheck">,
  { targets }: Pick<ServicePlan, "targets">,
): boolean => hasHealthCheck || targets.length > 0;

/** The verdict on a task by its containers and its targets. Failures within the grace period are ignored. */
export function verdictOn(
  task: Task,
  plan: Pick<ServicePlan, "targets" | "healthCheckGracePeriod">,
  { targetGroups, speed }: Checks,
): Verdict {
  if (task.status !== "RUNNING" || task.stopping) return "new";
  const ranFor = now() - (task.startedAt ?? 0);
  if (!isChecked(task, plan)) return ranFor < UNCHECKED / speed ? "new" : "good";
  const states = plan.targets.map(({ address }) => targetGroups.get(address)?.stateOf(task.id));
  if (task.health === "UNHEALTHY" || states.includes("unhealthy")) {
    return ranFor < plan.healthCheckGracePeriod * 1000 ? "new" : "bad";
  }
  const isProven = !task.hasHealthCheck || task.health === "HEALTHY";
  return isProven && states.every((state) => state === "healthy") ? "good" : "new";
}
