import type { Clock } from "../base/clock.ts";
import type { Lifetime } from "../base/lifetime.ts";

/** Minimum age in ms of an answer, from its query on, at which a look queries again: under ten queries in any second. */
export const YOUNGEST = 112;
/** Minimum pause in ms between two looks, after the first one. A timer may fire a millisecond early, and the answer of the look before must be old enough then. */
export const SHORTEST = YOUNGEST + 2;
/** Maximum pause in ms. */
const LONGEST = 1_000;
/** After a long wait, a pause is this part of it: what has been away for a minute need not be found within 0.1 s. */
const PART = 1 / 90;
/** Time in ms without a waiting dial after which an outage is over, and after a release until all may be released again. */
const IDLE = 5_000;
/** How many dials look before sockets are served again: thousands at one moment would stop this process, and overrun the queue of new connections of the server. */
const BATCH = 16;
/** How many dials look when there are new targets, and how many more, soon after a release, for each that has connected: a server that admits few clients is not asked by all the others each time. */
const [FEW, FOR_EACH_CONNECTED] = [8, 4];

/**
 * The dials of one dialer that wait for a connection. Every 0.1 to 1 s, the next of them looks, however many wait. A few
 * look when there are new targets. When one connects, the others look too, in batches.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** In the order of their turns. */
  readonly #waiting = new Set<() => void>();
  /** When the first dial began to wait, in ms of the clock; undefined: there is no outage. */
  #since: number | undefined;
  /** When the last dial stopped to wait. */
  #leftAt = 0;
  #clearTurn: (() => void) | undefined;
  /** The last turn: pauses are counted from it, however long its look takes. */
  #turnAt = Number.NEGATIVE_INFINITY;
  /** When dials were last released. */
  #releasedAt = Number.NEGATIVE_INFINITY;
  /** How many of the dials may be released soon after that. */
  #allowed = 0;
  /** Clears the timer of the next batch, or of the next release; undefined if there is none. */
  #clearRelease: (() => void) | undefined;
  #isReleaseDue = false;

  /** @param random numbers in [0, 1) */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Resolves at the caller's turn, or when something has changed. Rejects with the reason when its lifetime ends. */
  turn(lifetime: Lifetime): Promise<void> {
    return lifetime.wait<void>((resolve) => {
      const now = this.#clock.now();
      if (this.#waiting.size === 0 && now > this.#leftAt + IDLE) this.#since = undefined;
      // The first pause is a random part, so that processes that lost a service together do not look together.
      const part = this.#since === undefined ? this.#random() : 1;
      if (this.#since === undefined) this.#since = this.#turnAt = now;
      const resume = (): void => resolve();
      this.#waiting.add(resume);
      this.#clearTurn ??= this.#schedule(part);
      return () => this.#leave(resume);
    });
  }

  /** Called when there are new targets. Were they all to look, the first connection would come after a thousand attempts. */
  changed(): void {
    for (const resume of [...this.#waiting].slice(0, FEW)) resume();
  }

  /**
   * Called when a dial has connected: the others look too, and pauses are short again. Each of a thousand that connect
   * calls this, and each of a thousand that wait would look a thousand times; so there is one release in
   * {@link SHORTEST}, and the calls during it are one call after it.
   */
  connected(): void {
    this.#since = undefined;
    this.#allowed += FOR_EACH_CONNECTED;
    this.#releaseSoon();
  }

  #releaseSoon(): void {
    if (this.#waiting.size === 0) return;
    this.#isReleaseDue = true;
    if (this.#clearRelease !== undefined) return;
    const pause = this.#releasedAt + SHORTEST - this.#clock.now();
    if (pause <= 0) this.#release();
    else this.#clearRelease = this.#clock.setTimeout(() => this.#release(), pause);
  }

  #release(): void {
    const now = this.#clock.now();
    const isFirst = now >= this.#releasedAt + IDLE;
    const released = [...this.#waiting].slice(0, isFirst ? undefined : FEW + this.#allowed);
    this.#isReleaseDue = false;
    this.#releasedAt = now;
    this.#allowed = 0;
    this.#releaseNext(released.values());
  }

  /** @param rest those of the release that have not looked yet */
  #releaseNext(rest: IterableIterator<() => void>): void {
    this.#clearRelease = undefined;
    let released = 0;
    for (const resume of rest) {
      if (!this.#waiting.has(resume)) continue;
      resume();
      if (++released < BATCH) continue;
      this.#clearRelease = this.#clock.setImmediate(() => this.#releaseNext(rest));
      return;
    }
    if (this.#isReleaseDue) this.#releaseSoon();
  }

  #schedule(part = 1): () => void {
    const now = this.#clock.now();
    const waited = now - (this.#since ?? now);
    const pause = Math.min(Math.max(waited * PART, SHORTEST), LONGEST) * part;
    return this.#clock.setTimeout(
      () => {
        this.#clearTurn = undefined;
        this.#turnAt = this.#clock.now();
        const [first] = this.#waiting;
        first?.();
        if (this.#waiting.size > 0) this.#clearTurn ??= this.#schedule();
      },
      Math.max(0, this.#turnAt + pause - now),
    );
  }

  #leave(resume: () => void): void {
    this.#waiting.delete(resume);
    if (this.#waiting.size > 0) return;
    this.#leftAt = this.#clock.now();
    this.#clearTurn?.();
    this.#clearTurn = undefined;
    this.#clearRelease?.();
    this.#clearRelease = undefined;
    this.#isReleaseDue = false;
  }
}
