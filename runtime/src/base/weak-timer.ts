/** Clears the timer of an owner that no one can reach any more. */
const unreachable = new FinalizationRegistry<NodeJS.Timeout>((timer) => clearTimeout(timer));

/** A timer for its owner that keeps neither the owner in memory nor the process alive. */
export class WeakTimer<T extends object> {
  readonly #owner: WeakRef<T>;
  readonly #run: (owner: T) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param run must not refer to the owner but by its parameter */
  constructor(owner: T, run: (owner: T) => void) {
    this.#owner = new WeakRef(owner);
    this.#run = run;
  }

  get isSet(): boolean {
    return this.#timer !== undefined;
  }

  /** Runs in so many ms, and not at an earlier time that was set before. */
  set(ms: number): void {
    this.clear();
    const owner = this.#owner.deref();
    if (owner === undefined) return;
    this.#timer = setTimeout(() => this.#fire(), ms).unref();
    unreachable.register(owner, this.#timer, this.#timer);
  }

  clear(): void {
    if (this.#timer === undefined) return;
    unreachable.unregister(this.#timer);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #fire(): void {
    this.clear();
    const owner = this.#owner.deref();
    if (owner !== undefined) this.#run(owner);
  }
}
