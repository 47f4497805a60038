import type { Clock } from "../base/clock.ts";
import type { Lifetime } from "../base/lifetime.ts";

/** Minimum pause in ms between two looks, after the first one: under ten in any second, and longer than a cache's `minRefresh` of 100 ms. */
const SHORTEST = 112;
/** Maximum pause in ms. */
const LONGEST = 1_000;
/** After a long wait, a pause is this part of it: what has been away for a minute need not be found within 0.1 s. */
const PART = 1 / 90;

/**
 * The pace at which the waiting dials of a dialer look again. One dial looks at a time, however many wait. When it
 * finds something new, all of them look.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** In the order of their turns. */
  readonly #waiting = new Set<() => void>();
  #clear: (() => void) | undefined;
  /** When the first dial began to wait, in ms of the clock. A dial that succeeds sets it to undefined: pauses are short again. */
  since: number | undefined;

  /** @param random numbers in [0, 1) */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Resolves at the caller's turn, or when something has changed. Rejects with the reason when its lifetime ends. */
  turn(lifetime: Lifetime): Promise<void> {
    return lifetime.wait((resolve) => {
      const resume = (): void => resolve();
      this.#waiting.add(resume);
      // The first pause is a random part, so that processes that lost a service together do not look together.
      const part = this.since === undefined ? this.#random() : 1;
      this.since ??= this.#clock.now();
      this.#clear ??= this.#schedule(part);
      return () => this.#leave(resume);
    });
  }

  /** Called when there are new targets, or a target works again: all dials look now. */
  changed(): void {
    for (const resume of this.#waiting) resume();
  }

  #schedule(part = 1): () => void {
    const now = this.#clock.now();
    const waited = now - (this.since ?? now);
    const pause = Math.min(Math.max(waited * PART, SHORTEST), LONGEST) * part;
    return this.#clock.setTimeout(() => {
      this.#clear = undefined;
      const [first] = this.#waiting;
      first?.();
      if (this.#waiting.size > 0) this.#clear ??= this.#schedule();
    }, pause);
  }

  #leave(resume: () => void): void {
    this.#waiting.delete(resume);
    if (this.#waiting.size > 0) return;
    this.#clear?.();
    this.#clear = undefined;
  }
}
