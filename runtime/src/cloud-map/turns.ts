import type { Lifetime } from "../base/lifetime.ts";

/**
 * Spaces calls: each resolves when `interval` ms have passed since the one before, and rejects with
 * the reason when its lifetime ends first.
 *
 * @param now monotonic time in ms
 */
export function turns(
  interval: number,
  now: () => number = () => performance.now(),
): (lifetime: Lifetime) => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async (lifetime) => {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    const wait = last + interval - now();
    if (wait > 0) await pause(wait, lifetime);
    last = now();
  };
}

function pause(duration: number, lifetime: Lifetime): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      lifetime.offEnd(onEnd);
      how();
    };
    const onEnd = (reason: Error): void => settle(() => reject(reason));
    // Each caller that waits has a deadline, which keeps the process alive.
    const timer = setTimeout(() => settle(resolve), duration).unref();
    lifetime.onEnd(onEnd);
  });
}
