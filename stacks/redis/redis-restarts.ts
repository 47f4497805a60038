import { type HealthCheckTimes, stallSeconds } from "../config/redis-health-schema.ts";
import { redisTimes } from "./redis-container.ts";
import { endedByFence } from "./redis-writer-fence.ts";

// Restart policy and timeouts of Redis.

/**
 * If Redis crashes, the agent (1.86 and later) restarts it inside its task, with the same mount, port and record. The
 * agent does not restart a container that ran for less than `restartAttemptPeriod`; ECS then replaces the task. ECS
 * also replaces the task after these exit codes: 75 (the writer lock was not free in time) and 78 (the data belongs to
 * another version), which a restart would only repeat, and 155 (the health check ended a server that lost the
 * lock, because another one writes).
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
 */
export const redisRestartPolicy = {
  enabled: true,
  ignoredExitCodes: [75, 78, endedByFence],
  // The minimum in ECS. The default is 300.
  restartAttemptPeriod: 60,
};

/** Number of failed tasks after which a deployment of up to six tasks fails. */
const failures = 3;

/** Seconds for placement, image pulls, mounts and pauses between starts. */
const slack = 600;

/**
 * Terraform must wait until a release is healthy or has failed: the old task stops, and in the worst case three new
 * tasks become unhealthy and stop. With the provider's default of 20 minutes, Terraform would give up before ECS.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 *
 * @returns a duration for Terraform's `timeouts`
 */
export function deployTimeout(healthCheck: HealthCheckTimes): string {
  const { startPeriod, stopTimeout } = redisTimes;
  const failing = startPeriod + stallSeconds(healthCheck) + stopTimeout;
  return `${Math.ceil((stopTimeout + failures * failing + slack) / 60)}m`;
}
