/** Lets code wait for a state that others bring about; whoever changes the state says so. */
export class Condition {
  readonly #waiters = new Set<() => void>();

  /** Something changed: every waiter looks again. */
  notify(): void {
    for (const look of this.#waiters) look();
  }

  /** Resolves to true once the test holds, to false when the time is over or the signal aborts. */
  until(test: () => boolean, timeout: number, signal?: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (result: boolean): void => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        signal?.removeEventListener("abort", abort);
        resolve(result);
      };
      const look = (): void => {
        if (test()) finish(true);
      };
      const abort = (): void => finish(false);
      const timer = setTimeout(abort, timeout);
      this.#waiters.add(look);
      signal?.addEventListener("abort", abort);
      if (signal?.aborted) abort();
      else look();
    });
  }
}
