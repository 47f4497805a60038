import type { Change } from "../terraform/change.ts";
import type { Plan, ServicePlan } from "../terraform/plan.ts";

/** What an apply does to one service. */
export interface Rollout {
  readonly plan: ServicePlan;
  readonly action: "create" | "replace" | "deploy" | "update" | "none";
}

/**
 * What a service revision holds of a service, for which ECS deploys anew; a placement takes effect for
 * the next tasks, counts, percentages and the circuit breaker at once.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html
 */
const DEPLOYED = new Set([
  "task_definition",
  "load_balancer",
  "service_registries",
  "network_configuration",
  "capacity_provider_strategy",
]);

/** For these `force_new_deployment` forces none: they are no part of UpdateService. */
const TAGS = new Set(["tags", "tags_all"]);

/** Decides what an apply does to each service by what Terraform would change of it. */
export function rollouts(
  before: Plan | undefined,
  after: Plan,
  changes: readonly Change[],
): Rollout[] {
  const changed = new Map(changes.map((change) => [change.address, change]));
  return after.services.map((plan) => {
    if (!before?.services.some(({ address }) => address === plan.address)) {
      return { plan, action: "create" };
    }
    const change = changed.get(plan.address);
    if (!change) return { plan, action: "none" };
    if (change.action === "replace") return { plan, action: "replace" };
    const isForced = plan.forceNewDeployment && change.arguments.some((name) => !TAGS.has(name));
    const isDeployed = isForced || change.arguments.some((name) => DEPLOYED.has(name));
    return { plan, action: isDeployed ? "deploy" : "update" };
  });
}
