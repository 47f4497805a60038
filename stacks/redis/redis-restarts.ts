import { type HealthCheckTimes, stallSeconds } from "../config/redis-health-schema.ts";
import { redisTimes } from "./redis-container.ts";

// Restart policy and timeouts of Redis.

/**
 * If Redis crashes, the agent (1.86 and later) restarts it inside its task, with the same mount, port and record. The
 * agent does not restart a container that ran for less than `restartAttemptPeriod`; ECS then replaces the task. ECS
 * also replaces the task after the exit codes 0 (SHUTDOWN: the health check ends a server that lost the lock), 75 (the
 * lock was not free in time) and 78 (a password is empty, or the data are not for this server). In these cases a restart
 * would not help.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
 */
export const redisRestartPolicy = {
  enabled: true,
  ignoredExitCodes: [0, 75, 78],
  // The minimum in ECS. The default is 300.
  restartAttemptPeriod: 60,
};

/** Seconds for placement, image pulls and mounts. */
const slack = 300;

/**
 * How long Terraform waits until a release is healthy: the old task stops, and the new one is found to be unhealthy at
 * the latest. Then the apply fails, but ECS goes on to start tasks.
 *
 * @returns a duration for Terraform's `timeouts`
 */
export function deployTimeout(healthCheck: HealthCheckTimes): string {
  const { startPeriod, stopTimeout } = redisTimes;
  const seconds = stopTimeout + startPeriod + stallSeconds(healthCheck) + slack;
  return `${Math.ceil(seconds / 60)}m`;
}
