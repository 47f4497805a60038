import type { RedisOptions } from "ioredis";

/** Milliseconds that timers may be late on a busy machine. */
const LATE = 5_000;
/** How long commands of createRedis wait after the first failed connection, in ms. */
const BY_TIME = 60_000;

type Bounded = Pick<
  RedisOptions,
  "commandTimeout" | "connectTimeout" | "maxRetriesPerRequest" | "retryStrategy"
>;

/**
 * The maximum duration of a command in ms: its `commandTimeout`. Without one, ioredis fails a command after
 * `maxRetriesPerRequest` + 1 failed connections, each with a pause and an attempt of at most `connectTimeout`. The
 * largest number is that of createRedis, whose commands wait for a time.
 */
export function boundOf({
  commandTimeout,
  connectTimeout = 10_000,
  maxRetriesPerRequest = 20,
  retryStrategy,
}: Bounded): number {
  if (commandTimeout !== undefined) return commandTimeout + LATE;
  if (maxRetriesPerRequest === null) return Infinity;
  const isByTime = maxRetriesPerRequest === Number.MAX_SAFE_INTEGER;
  let sum = isByTime ? LATE + connectTimeout : LATE;
  for (let times = 1; times <= maxRetriesPerRequest + 1; times += 1) {
    if (isByTime && sum >= LATE + connectTimeout + BY_TIME) return sum;
    const pause = retryStrategy?.(times);
    // The client does not reconnect, so waiting commands fail at once.
    if (typeof pause !== "number") return sum;
    sum += pause + connectTimeout;
  }
  return sum;
}
