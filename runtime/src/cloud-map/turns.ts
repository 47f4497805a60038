import type { Clock } from "../base/clock.ts";
import type { Lifetime } from "../base/lifetime.ts";

/**
 * Spaces calls: each resolves when `interval` ms have passed since the one before, and rejects with
 * the reason when its lifetime ends first.
 */
export function turns(interval: number, clock: Clock): (lifetime: Lifetime) => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async (lifetime) => {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    const wait = last + interval - clock.now();
    if (wait > 0) await pause(wait, clock, lifetime);
    last = clock.now();
  };
}

function pause(duration: number, clock: Clock, lifetime: Lifetime): Promise<void> {
  // Each caller that waits has a deadline, which keeps the process alive.
  return lifetime.wait((resolve) => clock.setTimeout(resolve, duration));
}
