/** The end of a run: by a signal, a command or an error. */
export class Ending {
  /** Settles when the run must end. */
  readonly ended: Promise<void>;
  readonly #stopped = new AbortController();
  readonly signal = this.#stopped.signal;
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor(signal: AbortSignal) {
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // Callers that await it get the error. This handler prevents an unhandled rejection.
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
