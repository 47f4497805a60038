import type { Clock } from "../base/clock.ts";
import type { Lifetime } from "../base/lifetime.ts";

/**
 * Spaces out calls: each resolves when `interval` ms have passed since the previous one, and rejects
 * with the reason when its lifetime ends first.
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
  // Need not keep the process alive: the deadline of each waiting caller does.
  return lifetime.wait((resolve) => clock.setTimeout(resolve, duration));
}
