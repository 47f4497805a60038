import type { EcsServiceTimeouts } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { Environment } from "../config/environment-schema.ts";

/** Minutes that Terraform's provider waits without `timeouts`. */
const providerWaits = 20;

/** Minutes for what else takes time: placement, pulls, health. */
const slack = 15;

/**
 * Terraform waits for a release, and for a destroy, until the old tasks have ended. A task first leaves the
 * load balancer, and then stops. Where new tasks need the ports of old ones, half of them end at a time.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
 *
 * @returns in the form of Terraform's `timeouts`; nothing where the provider's own are enough
 */
export function appTimeouts({ loadBalancer, stopTimeout, networkMode }: Environment["app"]): {
  timeouts?: EcsServiceTimeouts;
} {
  const leaving = loadBalancer === false ? 0 : loadBalancer.deregistrationDelay;
  const rounds = networkMode === "host" ? 2 : 1;
  const minutes = slack + Math.ceil((rounds * (leaving + stopTimeout)) / 60);
  if (minutes <= providerWaits) return {};
  const time = `${minutes}m`;
  return { timeouts: { create: time, update: time, delete: time } };
}
