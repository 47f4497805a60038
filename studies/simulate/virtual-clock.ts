import { setImmediate as turnOfLoop } from "node:timers/promises";
import TinyQueue from "tinyqueue";
import type { Clock } from "../../runtime/src/base/clock.ts";

interface Timer {
  readonly run: () => void;
}

/**
 * A clock whose time passes when it is told to. Timers run in the order of their times, those of one
 * time in the order in which they were set. Between two times, promises go on until they wait again.
 */
export class VirtualClock implements Clock {
  #now = 0;
  #count = 0;
  /** Those that are set, by their time. */
  readonly #timers = new Map<number, Set<Timer>>();
  /** The times of timers, some of which may have been cleared. */
  readonly #times = new TinyQueue<number>();

  now(): number {
    return this.#now;
  }

  /** As Node.js: whole milliseconds, at least one. */
  setTimeout(run: () => void, ms: number): () => void {
    return this.after(Math.max(1, Math.trunc(ms)), run);
  }

  /** Calls back in any time, also at once: for what happens outside the program. */
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

  /** Timers that are set. */
  get pending(): number {
    return this.#count;
  }

  /** @throws when timers are left, at the end of a test */
  expectNoTimers(): void {
    if (this.#count > 0) throw new Error(`${this.#count} timers are left`);
  }

  /** Lets time pass. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turnOfLoop();
    while ((this.#times.peek() ?? Infinity) <= end) {
      this.#runNext();
      await turnOfLoop();
    }
    this.#now = end;
  }

  /** Lets time pass within one turn of the event loop: no promise goes on meanwhile. */
  skip(ms: number): void {
    const end = this.#now + ms;
    while ((this.#times.peek() ?? Infinity) <= end) this.#runNext();
    this.#now = end;
  }

  #runNext(): void {
    const time = this.#times.pop() ?? this.#now;
    this.#now = time;
    const timers = this.#timers.get(time) ?? new Set();
    // What is set for this time from now on is another round.
    this.#timers.delete(time);
    for (const timer of timers) {
      timers.delete(timer);
      this.#count--;
      timer.run();
    }
  }
}
