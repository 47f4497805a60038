import { YOUNGEST } from "../answers/cached.ts";
import type { Clock, Lifetime } from "../base/time.ts";

/** Minimum pause in ms between two looks, after the first one. A timer may fire a millisecond early, and the answer of the look before must be old enough then. */
export const SHORTEST = YOUNGEST + 2;
/** Maximum pause in ms. */
const LONGEST = 1_000;
/** After a long wait, a pause is this part of it: what has been away for a minute need not be found within 0.1 s. */
const PART = 1 / 90;
/** Time in ms after which an outage is over: without a waiting dial, or without a connection beside one. */
const IDLE = 5_000;
/** How many dials look before sockets are served again: thousands at one moment would stop this process, and overrun the queue of new connections of the server. */
const BATCH = 16;
/** How many dials look when there are new targets. Were they all to look, the first connection would come after a thousand attempts. */
const FEW = 8;
/** How many dials look after a connection that is not the first: more and more while they connect, and few of a server that admits few clients. */
const AFTER_CONNECTION = 2;

/**
 * The dials of one dialer that wait for a connection. Every 0.1 to 1 s, the next of them looks, however many wait. A few
 * look when there are new targets. When one connects, the others look too, in batches.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** In the order of their turns, each with the time from which it may look, in ms of the clock. */
  readonly #waiting = new Map<() => void, number>();
  /** When the first dial began to wait, in ms of the clock; undefined: there is no outage. */
  #since: number | undefined;
  /** The last turn: pauses are counted from it, however long its look takes. */
  #turnAt = Number.NEGATIVE_INFINITY;
  #clearTurn: (() => void) | undefined;
  #connectedAt = Number.NEGATIVE_INFINITY;
  /** How many dials may look, in addition to those whose turn it is. */
  #released = 0;
  #clearBatch: (() => void) | undefined;

  /** @param random numbers in [0, 1) */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Resolves at the caller's turn, or when something has changed. Rejects with the reason when its lifetime ends. */
  turn(lifetime: Lifetime): Promise<void> {
    return lifetime.wait<void>((resolve) => {
      const now = this.#clock.now();
      if (this.#waiting.size === 0 && now > this.#turnAt + IDLE) this.#since = undefined;
      // The first pause is a random part, so that processes that lost a service together do not look together.
      const part = this.#since === undefined ? this.#random() : 1;
      if (this.#since === undefined) this.#since = this.#turnAt = now;
      const resume = (): void => resolve();
      // Each of a thousand that connect calls the others: one of them that failed a moment ago need not look again.
      this.#waiting.set(resume, now < this.#connectedAt + IDLE ? now + SHORTEST : now);
      this.#clearTurn ??= this.#schedule(part);
      return () => this.#leave(resume);
    });
  }

  /** Called when there are new targets. @param isUnavailable the service says that it is not available: all look, and end */
  changed(isUnavailable = false): void {
    this.#release(isUnavailable ? this.#waiting.size : FEW);
  }

  /** Called when a dial has connected: the others look too, and pauses are short again. */
  connected(): void {
    this.#since = undefined;
    if (this.#waiting.size === 0) return;
    const now = this.#clock.now();
    const isFirst = now >= this.#connectedAt + IDLE;
    this.#connectedAt = now;
    this.#release(isFirst ? this.#waiting.size : AFTER_CONNECTION);
  }

  #release(count: number): void {
    this.#released = Math.min(this.#released + count, this.#waiting.size);
    if (this.#clearBatch === undefined) this.#nextBatch();
  }

  #nextBatch(): void {
    this.#clearBatch = undefined;
    let left = BATCH;
    for (const [resume, from] of this.#waiting) {
      // The rest of them look at later turns.
      if (this.#released === 0 || from > this.#clock.now()) return;
      if (left-- === 0) break;
      this.#released--;
      resume();
    }
    if (this.#released > 0) {
      this.#clearBatch = this.#clock.setImmediate(() => this.#nextBatch());
    }
  }

  #schedule(part = 1): () => void {
    const now = this.#clock.now();
    const waited = now - (this.#since ?? now);
    const pause = Math.min(Math.max(waited * PART, SHORTEST), LONGEST) * part;
    return this.#clock.setTimeout(
      () => {
        this.#clearTurn = undefined;
        this.#turnAt = this.#clock.now();
        const [first] = this.#waiting.keys();
        first?.();
        this.#release(0);
        if (this.#waiting.size > 0) this.#clearTurn ??= this.#schedule();
      },
      Math.max(0, this.#turnAt + pause - now),
    );
  }

  #leave(resume: () => void): void {
    this.#waiting.delete(resume);
    if (this.#waiting.size > 0) return;
    this.#clearTurn?.();
    this.#clearTurn = undefined;
    this.#clearBatch?.();
    this.#clearBatch = undefined;
    this.#released = 0;
  }
}
