import type { HealthStatus } from "../base/state.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";

type CheckedPlan = Pick<ContainerPlan, "essential" | "healthCheck">;

/** Whether a container's health counts for its task: it is essential and has a health check. */
export const countsForHealth = ({ essential, healthCheck }: CheckedPlan): boolean =>
  essential && healthCheck !== undefined;

/**
 * The worst health of the essential containers, in the order UNHEALTHY, UNKNOWN, HEALTHY. Containers without a
 * check are ignored.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
 */
export function taskHealth(
  containers: readonly { readonly plan: CheckedPlan; readonly health: HealthStatus }[],
): HealthStatus {
  const checked = containers.filter(({ plan }) => countsForHealth(plan)).map((each) => each.health);
  if (checked.includes("UNHEALTHY")) return "UNHEALTHY";
  return checked.length === 0 || checked.includes("UNKNOWN") ? "UNKNOWN" : "HEALTHY";
}
