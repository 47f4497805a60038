import type { Clock } from "../base/clock.ts";
import type { Lifetime } from "../base/lifetime.ts";

/** Minimum pause in ms between two looks, after the first one: under ten in any second, and longer than a cache's `minRefresh` of 100 ms. */
const SHORTEST = 112;
/** Maximum pause in ms. */
const LONGEST = 1_000;
/** After a long wait, a pause is this part of it: what has been away for a minute need not be found within 0.1 s. */
const PART = 1 / 90;
/** Time in ms without a waiting dial after which the next one waits for something new, with short pauses. */
const IDLE = 5_000;
/** How long in ms the answer that one dial got is that of the others too, whatever the cache: at a dial's turn, and after a change that another has just seen. */
const [AT_TURN, AFTER_CHANGE] = [100, 2 * SHORTEST];
/** How many dials look at once after a change, and the pause in ms before the next ones: thousands at one moment would stop this process, and overrun the queue of new connections of the server. */
const [BATCH, BETWEEN_BATCHES] = [64, 1];

/**
 * The dials of one dialer that wait for a connection. One of them looks at a time, however many wait. When it connects,
 * or something new is known, all of them look, in batches.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** In the order of their turns. */
  readonly #waiting = new Set<(sharedFor: number) => void>();
  #clear: (() => void) | undefined;
  /** When the first dial began to wait, in ms of the clock; undefined: there is no outage. */
  #since: number | undefined;
  /** When the last dial stopped to wait. */
  #leftAt = 0;
  /** When dials were last released. */
  #releasedAt = Number.NEGATIVE_INFINITY;
  /** Clears the timer of the next batch, or of the next release; undefined if there is none. */
  #clearRelease: (() => void) | undefined;
  #hasChanged = false;

  /** @param random numbers in [0, 1) */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Resolves at the caller's turn, or when something has changed. Rejects with the reason when its lifetime ends.
   *
   * @returns how old an answer may be in ms, so that all dials together ask at this pace
   */
  turn(lifetime: Lifetime): Promise<number> {
    return lifetime.wait<number>((resume) => {
      const now = this.#clock.now();
      if (this.#waiting.size === 0 && now > this.#leftAt + IDLE) this.#since = undefined;
      this.#waiting.add(resume);
      // The first pause is a random part, so that processes that lost a service together do not look together.
      const part = this.#since === undefined ? this.#random() : 1;
      this.#since ??= now;
      this.#clear ??= this.#schedule(part);
      return () => this.#leave(resume);
    });
  }

  /** Called when a dial has connected: it may be over for the others too. */
  connected(): void {
    this.#since = undefined;
    this.changed();
  }

  /**
   * Called when there are new targets: all waiting dials look now. Each of a thousand that connect calls this, and each
   * of a thousand that wait would look a thousand times; so there is one release in {@link SHORTEST}, and the calls
   * during it are one call after it.
   */
  changed(): void {
    if (this.#waiting.size === 0) return;
    this.#hasChanged = true;
    if (this.#clearRelease !== undefined) return;
    const pause = this.#releasedAt + SHORTEST - this.#clock.now();
    if (pause <= 0) this.#release();
    else this.#clearRelease = this.#clock.setTimeout(() => this.#release(), pause);
  }

  #release(): void {
    this.#hasChanged = false;
    this.#releasedAt = this.#clock.now();
    this.#releaseNext([...this.#waiting].values());
  }

  /** @param rest those that waited at the time of the change */
  #releaseNext(rest: IterableIterator<(sharedFor: number) => void>): void {
    this.#clearRelease = undefined;
    let released = 0;
    for (const resume of rest) {
      if (!this.#waiting.has(resume)) continue;
      resume(AFTER_CHANGE);
      if (++released < BATCH) continue;
      const next = (): void => this.#releaseNext(rest);
      this.#clearRelease = this.#clock.setTimeout(next, BETWEEN_BATCHES);
      return;
    }
    if (this.#hasChanged) this.changed();
  }

  #schedule(part = 1): () => void {
    const now = this.#clock.now();
    const waited = now - (this.#since ?? now);
    const pause = Math.min(Math.max(waited * PART, SHORTEST), LONGEST) * part;
    return this.#clock.setTimeout(() => {
      this.#clear = undefined;
      const [first] = this.#waiting;
      first?.(AT_TURN);
      if (this.#waiting.size > 0) this.#clear ??= this.#schedule();
    }, pause);
  }

  #leave(resume: (sharedFor: number) => void): void {
    this.#waiting.delete(resume);
    if (this.#waiting.size > 0) return;
    this.#leftAt = this.#clock.now();
    this.#clear?.();
    this.#clear = undefined;
    this.#clearRelease?.();
    this.#clearRelease = undefined;
    this.#hasChanged = false;
  }
}
