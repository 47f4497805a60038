import { setImmediate as turnOfLoop } from "node:timers/promises";
import TinyQueue from "tinyqueue";
import type { Clock } from "../../runtime/src/base/clock.ts";

interface Timer {
  readonly run: () => void;
}

/**
 * A clock that is advanced by the test. Timers run in the order of their times, then of their creation. Between two
 * times, promises run until they wait.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #count = 0;
  /** The active timers, by time. */
  readonly #timers = new Map<number, Set<Timer>>();
  /** The times of timers. Some may have been cleared. */
  readonly #times = new TinyQueue<number>();

  now(): number {
    return this.#now;
  }

  /** As in Node.js: whole milliseconds, at least one. */
  setTimeout(run: () => void, ms: number): () => void {
    return this.after(Math.max(1, Math.trunc(ms)), run);
  }

  /** Calls back after any time, including 0, for events outside the program. */
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

  /** The number of active timers. */
  get pending(): number {
    return this.#count;
  }

  /** @throws if timers are active, at the end of a test */
  expectNoTimers(): void {
    if (this.#count > 0) throw new Error(`${this.#count} timers are left`);
  }

  /** Advances the time. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turnOfLoop();
    while ((this.#times.peek() ?? Infinity) <= end) {
      this.#runNext();
      await turnOfLoop();
    }
    this.#now = end;
  }

  /** Advances the time within one turn of the event loop, without running promises. */
  skip(ms: number): void {
    const end = this.#now + ms;
    while ((this.#times.peek() ?? Infinity) <= end) this.#runNext();
    this.#now = end;
  }

  #runNext(): void {
    const time = this.#times.pop() ?? this.#now;
    this.#now = time;
    const timers = this.#timers.get(time) ?? new Set();
    // Timers that are set for this time from here on run in another round.
    this.#timers.delete(time);
    for (const timer of timers) {
      timers.delete(timer);
      this.#count--;
      timer.run();
    }
  }
}
