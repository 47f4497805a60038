import { isDeepStrictEqual } from "node:util";
import type { Change } from "../terraform/change.ts";
import type { Plan, ServicePlan } from "../terraform/plan.ts";

/** What an apply does to one service. */
export interface Rollout {
  readonly plan: ServicePlan;
  readonly action: "create" | "replace" | "deploy" | "update" | "none";
}

/**
 * Decides what an apply does to each service: a changed task definition or registration deploys it
 * anew, a changed count or percentage only updates it, a replaced resource in `replace_triggered_by`
 * replaces it, and everything else leaves it alone.
 */
export function rollouts(
  before: Plan | undefined,
  after: Plan,
  changes: readonly Change[],
): Rollout[] {
  const changed = new Set(changes.map(({ address }) => address));
  return after.services.map((wanted) => {
    const present = before?.services.find(({ address }) => address === wanted.address);
    if (!before || !present) return { plan: wanted, action: "create" };
    const plan = withoutIgnored(present, wanted);
    const replaced = plan.replaceTriggeredBy.some((trigger) => isReplaced(trigger, before, after));
    if (replaced || plan.name !== present.name) return { plan, action: "replace" };
    if (changed.has(plan.taskDefinition) || needsDeployment(present, plan)) {
      return { plan, action: "deploy" };
    }
    if (!changed.has(plan.address)) return { plan: present, action: "none" };
    return { plan, action: plan.forceNewDeployment ? "deploy" : "update" };
  });
}

/** `ignore_changes` keeps what is there. */
function withoutIgnored(present: ServicePlan, wanted: ServicePlan): ServicePlan {
  const ignores = (argument: string): boolean =>
    wanted.ignoreChanges === "all" || wanted.ignoreChanges.includes(argument);
  return {
    ...wanted,
    ...(ignores("task_definition") && { taskDefinition: present.taskDefinition }),
    ...(ignores("desired_count") && { desiredCount: present.desiredCount }),
  };
}

/** What ECS deploys anew for; counts, percentages and the circuit breaker it does not. */
const deployed = (plan: ServicePlan): unknown => [
  plan.taskDefinition,
  plan.targets,
  plan.registries,
  plan.distinctInstance,
  plan.placement,
];

const needsDeployment = (present: ServicePlan, wanted: ServicePlan): boolean =>
  !isDeepStrictEqual(deployed(present), deployed(wanted));

/** Whether the resource of a trigger (`aws_service_discovery_service.x.id`) gets a new id. */
function isReplaced(trigger: string, before: Plan, after: Plan): boolean {
  const address = trigger.split(".").slice(0, 2).join(".");
  const identity = ({ discovery }: Plan): unknown => {
    const service = discovery.get(address);
    // Description, tags and TTL update in place; the rest forces a new one.
    return (
      service && [service.name, service.routingPolicy, service.records.map(({ type }) => type)]
    );
  };
  return !isDeepStrictEqual(identity(before), identity(after));
}
