/**
 * Until when work may go on. What AbortSignal is, without its price: a dial needs two of them, and
 * with AbortSignal they took a quarter of a warm connect.
 */
export class Lifetime {
  #listeners: Set<(reason: Error) => void> | undefined;
  #reason: Error | undefined;
  #controller: AbortController | undefined;

  /** Why it ended; undefined while it lasts. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** The same as an AbortSignal, for those who need one. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  end(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener(reason);
    this.#controller?.abort(reason);
  }

  /** Calls the listener upon the end; at once when it has ended already. */
  onEnd(listener: (reason: Error) => void): void {
    if (this.#reason === undefined) (this.#listeners ??= new Set()).add(listener);
    else listener(this.#reason);
  }

  offEnd(listener: (reason: Error) => void): void {
    this.#listeners?.delete(listener);
  }
}
