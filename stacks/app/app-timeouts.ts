import type { EcsServiceTimeouts } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { Environment } from "../config/environment-schema.ts";

/** Minutes that the provider waits by default. */
const providerWaits = 20;

/** Minutes for placement, image pulls and health checks. */
const slack = 15;

/** Minutes for which ECS may watch the alarms: it derives them from the longest alarm, which is five minutes. */
const watching = 10;

/**
 * Terraform waits for a release, and for a destroy, until the old tasks have ended. A task is first deregistered
 * from the load balancer, then it stops. In host mode new tasks need the ports of old ones, so the old ones end in two rounds.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 *
 * @returns Terraform's `timeouts`; empty if the provider's defaults are enough
 */
export function appTimeouts(app: Environment["app"]): { timeouts?: EcsServiceTimeouts } {
  const { loadBalancer, stopTimeout, networkMode, rollbackOnAlarms } = app;
  const leaving = loadBalancer === false ? 0 : loadBalancer.deregistrationDelay;
  const rounds = networkMode === "host" ? 2 : 1;
  const ending = Math.ceil((rounds * (leaving + stopTimeout)) / 60);
  const minutes = slack + ending + (rollbackOnAlarms ? watching : 0);
  if (minutes <= providerWaits) return {};
  const time = `${minutes}m`;
  return { timeouts: { create: time, update: time, delete: time } };
}
