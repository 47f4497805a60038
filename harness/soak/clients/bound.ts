import type { RedisOptions } from "ioredis";

/** Milliseconds that timers may be late on a busy machine. */
const LATE = 5_000;

type Bounded = Pick<
  RedisOptions,
  "commandTimeout" | "connectTimeout" | "maxRetriesPerRequest" | "retryStrategy"
>;

/**
 * The maximum duration of a command in ms: its `commandTimeout`. Without one, ioredis fails a command after
 * `maxRetriesPerRequest` + 1 failed connections, each with a pause and an attempt of at most `connectTimeout`.
 */
export function boundOf({
  commandTimeout,
  connectTimeout = 10_000,
  maxRetriesPerRequest = 20,
  retryStrategy,
}: Bounded): number {
  if (commandTimeout !== undefined) return commandTimeout + LATE;
  if (maxRetriesPerRequest === null) return Infinity;
  let sum = LATE;
  for (let times = 1; times <= maxRetriesPerRequest + 1; times += 1) {
    const pause = retryStrategy?.(times);
    // The client does not reconnect, so waiting commands fail at once.
    if (typeof pause !== "number") return sum;
    sum += pause + connectTimeout;
  }
  return sum;
}
