/** The end of a run: by its signal, by a command, or by an error. */
export class Ending {
  /** Resolves or rejects when the run is to end. */
  readonly ended: Promise<void>;
  readonly #stopped = new AbortController();
  /** Aborts at the end. */
  readonly signal = this.#stopped.signal;
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(signal: AbortSignal) {
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // Anyone who waits for it is told.
    this.ended.catch(() => {});
    signal.addEventListener("abort", () => this.end(), { once: true });
    if (signal.aborted) this.end();
  }

  end(): void {
    this.#stopped.abort();
    this.#end();
  }

  fail(error: unknown): void {
    if (this.signal.aborted) return;
    this.#stopped.abort();
    this.#fail(error);
  }
}
