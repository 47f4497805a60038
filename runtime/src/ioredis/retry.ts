/**
 * Quick tries, eight or nine a second: a Redis that moves is back within seconds. The pause is always
 * longer than the 100 ms for which a dialer keeps "no records", and than its `minRefresh`: an earlier
 * try would find the same in the cache.
 */
const QUICK = { tries: 90, least: 105, spread: 25 };
/** Then slower ones, never more than a second apart. */
const SLOW = { least: 500, spread: 500 };

/**
 * ioredis `retryStrategy`: milliseconds until the next attempt. With jitter, so that clients which
 * lost one Redis do not come back in step. Each try asks DNS at most once for the SRV records, so a
 * client stays under 10 queries a second.
 *
 * @param times attempts failed in a row, from 1
 * @param random numbers in [0, 1)
 */
export function retryDelay(times: number, random: () => number = Math.random): number {
  const { least, spread } = times <= QUICK.tries ? QUICK : SLOW;
  return Math.round(least + random() * spread);
}

/**
 * ioredis `maxRetriesPerRequest` for this pace: a queued command is given up after about 75 s, as
 * by ioredis 6 with its own pace and its own 20 retries.
 */
export const MAX_RETRIES_PER_REQUEST = 175;
