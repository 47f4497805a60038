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
  return lifetime.wait((resolve) => {
    // Each caller that waits has a deadline, which keeps the process alive.
    const timer = setTimeout(resolve, duration).unref();
    return () => clearTimeout(timer);
  });
}
