import { setImmediate as turnOfLoop } from "node:timers/promises";
import TinyQueue from "tinyqueue";
import type { Clock } from "../../runtime/src/base/time.ts";

interface Timer {
  readonly run: () => void;
}

/**
 * A clock that a test or a simulation advances. Timers run in order of their times; timers with the same time run in
 * order of their creation. Between two times, promises continue until they wait again.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #count = 0;
  /** Pending timers by time. */
  readonly #timers = new Map<number, Set<Timer>>();
  /** Times of timers, including cleared timers. */
  readonly #times = new TinyQueue<number>();

  now(): number {
    return this.#now;
  }

  /** As in Node.js, the delay is in whole milliseconds and at least one. */
  setTimeout(run: () => void, ms: number): () => void {
    return this.after(Math.max(1, Math.trunc(ms)), run);
  }

  /** In the next round of timers, at the same time. */
  setImmediate(run: () => void): () => void {
    return this.after(0, run);
  }

  /** Runs an event outside of the program, after any time, including fractions and 0. */
  after(ms: number, run: () => void): () => void {
    const time = this.#now + ms;
    let timers = this.#timers.get(time);
    if (timers === undefined) {
      this.#timers.set(time, (timers = new Set()));
      this.#times.push(time);
    }
    const timer = { run };
    timers.add(timer);
    this.#count++;
    return () => {
      if (timers.delete(timer)) this.#count--;
    };
  }

  /** Number of pending timers. */
  get pending(): number {
    return this.#count;
  }

  /** @throws if timers are pending */
  expectNoTimers(): void {
    if (this.#count > 0) throw new Error(`${this.#count} timers are pending`);
  }

  /** Advances the time, and runs timers and promises. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turnOfLoop();
    while ((this.#times.peek() ?? Infinity) <= end) {
      this.#runNext();
      await turnOfLoop();
    }
    this.#now = end;
  }

  /** Advances the time within one turn of the event loop. Runs timers, but no promises. */
  skip(ms: number): void {
    const end = this.#now + ms;
    while ((this.#times.peek() ?? Infinity) <= end) this.#runNext();
    this.#now = end;
  }

  #runNext(): void {
    const time = this.#times.pop() ?? this.#now;
    this.#now = time;
    const timers = this.#timers.get(time) ?? new Set();
    // Timers that are created for this time from now on run in another round.
    this.#timers.delete(time);
    for (const timer of timers) {
      timers.delete(timer);
      this.#count--;
      timer.run();
    }
  }
}
