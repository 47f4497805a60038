/**
 * Quick retries, nine a second: a Redis that moves is back within seconds. The pause is always longer
 * than the dialer's `negativeTtl` and `minRefresh` of 100 ms, plus a margin for early timers: an
 * earlier retry would only find the same answer in the cache.
 */
const QUICK = { tries: 90, least: 104, spread: 8 };
/** Then slower retries, at most one second apart. */
const SLOW = { least: 500, spread: 500 };

/**
 * Creates an ioredis `retryStrategy`, which gives the milliseconds until the next attempt for the
 * number of failed attempts in a row. Each attempt asks DNS at most once for the SRV records, so a
 * client stays under 10 queries a second.
 *
 * The quick pause is chosen at random once per process: clients that lost Redis at the same time retry
 * at the same times, and share each DNS answer. Different processes drift apart by up to 8 ms per try.
 * So after 13 tries they are spread over the whole pause, and a new record is seen within one pause.
 *
 * @param random numbers in [0, 1)
 */
export function retryAtPace(random: () => number = Math.random): (times: number) => number {
  const pace = QUICK.least + random() * QUICK.spread;
  // Timers use whole milliseconds. If the pause itself were rounded, many processes would have the same.
  const timeOf = (times: number): number => Math.round(times * pace);
  return (times) =>
    times <= QUICK.tries
      ? timeOf(times) - timeOf(times - 1)
      : Math.round(SLOW.least + random() * SLOW.spread);
}

/**
 * ioredis `maxRetriesPerRequest` for these pauses: a queued command fails after about 75 s, as in
 * ioredis 6 with its default pauses and 20 retries.
 */
export const MAX_RETRIES_PER_REQUEST = 175;

/**
 * ioredis `maxLoadingRetryTime` in ms: the maximum pause before it checks again whether Redis has loaded
 * its data. ioredis waits as long as Redis estimates, which is far too long if loading starts slowly and
 * gets faster. With its default of 10 s, commands would wait that long although Redis is ready.
 */
export const MAX_LOADING_RETRY_TIME = 1_000;
