import { fields, whole } from "./fields.ts";

/**
 * When Redis is called dead. Docker waits for the interval after a check has ended, so a check that hangs
 * takes interval and timeout (https://github.com/moby/moby/blob/master/daemon/health.go). A Redis whose
 * file system stalls does not answer, and must outlive the stall: killed, it would start on the same
 * stalled file system. So every value that is allowed gives a stall 315 s or more, and finds a dead port
 * in 300 s or less. ECS allows up to 300 s, 60 s and 10 retries.
 */
export const redisHealthCheckSchema = fields({
  interval: whole(15, 30, "seconds")
    .default(15)
    .describe("Time from the end of a check to the next one"),
  timeout: whole(20, 60, "seconds").default(20).describe("How long an answer may take"),
  retries: whole(9, 10).default(10).describe("Failures in a row that count as no answer"),
})
  .prefault({})
  .describe(
    "Redis is replaced when nothing listens for interval x retries, " +
      "or when it does not answer for (interval + timeout) x retries",
  );

export interface HealthCheckTimes {
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
}

/** Seconds until a Redis is called dead that accepts connections and does not answer. */
export function stallSeconds({ interval, timeout, retries }: HealthCheckTimes): number {
  return (interval + timeout) * retries;
}

/** Seconds until a Redis is called dead on whose port nothing listens: each check fails at once. */
export function deadPortSeconds({ interval, retries }: HealthCheckTimes): number {
  return interval * retries;
}
