import type { Change } from "../terraform/types/resource-type.ts";
import type { Plan, ServicePlan } from "../terraform/plan/plan.ts";

/** What an apply does to a service. */
export interface Rollout {
  readonly plan: ServicePlan;
  readonly action: "create" | "replace" | "deploy" | "update" | "none";
}

/**
 * The arguments that are part of a service revision: ECS deploys when they change. A change of placement
 * applies to new tasks; counts, percentages and the circuit breaker apply at once.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-revision.html
 */
const DEPLOYED: ReadonlySet<string> = new Set([
  "task_definition",
  "load_balancer",
  "service_registries",
  "service_connect_configuration",
  "network_configuration",
  "capacity_provider_strategy",
]);

/** A change of tags deploys nothing, even with `force_new_deployment`: UpdateService has no tags. */
const TAGS = new Set(["tags", "tags_all"]);

/** Decides what an apply does to each service, from the changes that Terraform would make. */
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
