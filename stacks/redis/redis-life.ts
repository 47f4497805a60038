import { type HealthCheckTimes, stallSeconds } from "../config/redis-health-schema.ts";
import { redisTimes } from "./redis-container.ts";
import { endedByFence } from "./redis-writer-fence.ts";

// How ECS treats a Redis that ends, or that never becomes healthy.

/**
 * A Redis that crashes is started again in its task by the agent (1.86 and later): no new task, mount,
 * port or record. The agent leaves a container to ECS that has not run for the period since its start or
 * its last restart. It also leaves three exit codes to ECS. Another start at once would repeat 75, the writer
 * lock was not free in time, and 78, the data belong to another version. With 155 the health check has
 * ended a server that lost the lock, since another one writes.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
 */
export const redisRestartPolicy = {
  enabled: true,
  ignoredExitCodes: [75, 78, endedByFence],
  // The least that ECS allows; 300 by default.
  restartAttemptPeriod: 60,
};

/** Tasks that must fail before a deployment of up to six tasks has failed. */
const failures = 3;

/** Seconds for what else takes time: placement, pulls, mounts, the pauses between starts. */
const slack = 600;

/**
 * Terraform waits for a release until it is healthy or has failed: as long as the old task takes to stop,
 * and three tasks take to be called unhealthy and to stop. With the provider's 20 minutes an apply would
 * give up before ECS does.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 *
 * @returns in the form of Terraform's `timeouts`
 */
export function deployTimeout(healthCheck: HealthCheckTimes): string {
  const { startPeriod, stopTimeout } = redisTimes;
  const failing = startPeriod + stallSeconds(healthCheck) + stopTimeout;
  return `${Math.ceil((stopTimeout + failures * failing + slack) / 60)}m`;
}
