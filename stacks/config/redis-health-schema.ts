import { fields, whole } from "./fields.ts";

/**
 * Health check of Redis. Docker starts the interval after a check ends, so a check that hangs takes
 * interval + timeout (https://github.com/moby/moby/blob/master/daemon/health.go). Redis does not answer while its
 * file system stalls. It must not be killed then, because the new one would use the same file system. So all
 * allowed values tolerate a stall of 315 s, and detect a closed port within 300 s. ECS's limits are 300 s, 60 s
 * and 10 retries.
 */
export const redisHealthTimes = fields({
  interval: whole(15, 30, "seconds")
    .default(15)
    .describe("Time from the end of a check to the next one"),
  timeout: whole(20, 60, "seconds").default(20).describe("Maximum time for a reply"),
  retries: whole(9, 10).default(10).describe("Consecutive failures after which Redis is replaced"),
});

export const redisHealthCheckSchema = redisHealthTimes
  .prefault({})
  .describe(
    "Redis is replaced when its port is closed for interval x retries, " +
      "or when it does not reply for (interval + timeout) x retries",
  );

export interface HealthCheckTimes {
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
}

/** Seconds until Redis is replaced if it accepts connections but does not reply. */
export function stallSeconds({ interval, timeout, retries }: HealthCheckTimes): number {
  return (interval + timeout) * retries;
}

/** Seconds until Redis is replaced if its port is closed: each check fails immediately. */
export function deadPortSeconds({ interval, retries }: HealthCheckTimes): number {
  return interval * retries;
}
