import type { Clock } from "./clock.ts";

/** Clears the timer of an owner that was garbage-collected. */
const unreachable = new FinalizationRegistry<() => void>((clear) => clear());

/** A timer that keeps neither its owner in memory nor the process alive. */
export class WeakTimer<T extends object> {
  readonly #owner: WeakRef<T>;
  readonly #clock: Clock;
  readonly #run: (owner: T) => void;
  #clear: (() => void) | undefined;

  /** @param run must refer to the owner only through its parameter */
  constructor(owner: T, clock: Clock, run: (owner: T) => void) {
    this.#owner = new WeakRef(owner);
    this.#clock = clock;
    this.#run = run;
  }

  get isSet(): boolean {
    return this.#clear !== undefined;
  }

  /** Runs after `ms` milliseconds; replaces a time that was set before. */
  set(ms: number): void {
    this.clear();
    const owner = this.#owner.deref();
    if (owner === undefined) return;
    this.#clear = this.#clock.setTimeout(() => this.#fire(), ms);
    unreachable.register(owner, this.#clear, this.#clear);
  }

  clear(): void {
    if (this.#clear === undefined) return;
    unreachable.unregister(this.#clear);
    this.#clear();
    this.#clear = undefined;
  }

  #fire(): void {
    this.clear();
    const owner = this.#owner.deref();
    if (owner !== undefined) this.#run(owner);
  }
}
