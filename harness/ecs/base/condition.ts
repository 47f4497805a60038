/** Lets code wait for a state. Code that changes the state calls {@link Condition.notify}. */
export class Condition {
  readonly #waiters = new Set<() => void>();

  /** Makes every waiter run its test again. */
  notify(): void {
    for (const look of this.#waiters) look();
  }

  /** Resolves to true as soon as `test` returns true; to false after `timeout` ms or when the signal aborts. */
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
