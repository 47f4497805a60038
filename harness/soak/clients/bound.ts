import type { RedisOptions } from "ioredis";

/** Milliseconds that timers may be late on a busy machine. */
const LATE = 5_000;

type Bounded = Pick<
  RedisOptions,
  "commandTimeout" | "connectTimeout" | "maxRetriesPerRequest" | "retryStrategy"
>;

/**
 * The longest that a command may take, in ms: its `commandTimeout`. Without one ioredis gives it up when the
 * connection has failed `maxRetriesPerRequest` times more than once: each time after a pause, and after an attempt
 * that lasts at most `connectTimeout`.
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
    // It does not connect again: what waits is given up at once.
    if (typeof pause !== "number") return sum;
    sum += pause + connectTimeout;
  }
  return sum;
}
