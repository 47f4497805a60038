/**
 * Quick tries, nine a second: a Redis that moves is back within seconds. The pause is always longer
 * than the 100 ms for which a dialer keeps "no records", and than its `minRefresh`, by what timers
 * may be early: an earlier try would find the same in the cache.
 */
const QUICK = { tries: 90, least: 104, spread: 8 };
/** Then slower ones, never more than a second apart. */
const SLOW = { least: 500, spread: 500 };

/**
 * Makes an ioredis `retryStrategy`: milliseconds until the next attempt, by the number of those that
 * have failed in a row. Each try asks DNS at most once for the SRV records, so a client stays under
 * 10 queries a second.
 *
 * The quick pace is drawn once, for all clients of a process: those that lost one Redis together stay
 * in step, and share each answer of DNS. Processes drift apart by up to 8 ms a try. So after 13 tries
 * they are spread over the whole pause, and none waits longer than it to see a new record.
 *
 * @param random numbers in [0, 1)
 */
export function retryAtPace(random: () => number = Math.random): (times: number) => number {
  const pace = QUICK.least + random() * QUICK.spread;
  // Timers have whole milliseconds. With rounded paces, processes would meet again after some tries.
  const timeOf = (times: number): number => Math.round(times * pace);
  return (times) =>
    times <= QUICK.tries
      ? timeOf(times) - timeOf(times - 1)
      : Math.round(SLOW.least + random() * SLOW.spread);
}

/**
 * ioredis `maxRetriesPerRequest` for this pace: a queued command is given up after about 75 s, as
 * by ioredis 6 with its own pace and its own 20 retries.
 */
export const MAX_RETRIES_PER_REQUEST = 175;

/**
 * ioredis `maxLoadingRetryTime` in ms: how long it waits at most before it asks again whether Redis has
 * loaded its data. It waits as long as Redis estimates, which is far too long where loading is slow at first
 * and quick later; its own 10 s would keep commands waiting that long for a Redis that is ready.
 */
export const MAX_LOADING_RETRY_TIME = 1_000;
