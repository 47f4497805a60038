import type { Clock } from "./clock.ts";
import { toError } from "./errors.ts";

type Listener = (reason: Error) => void;

/**
 * How long work may continue: the only form of cancellation inside this package. It does what
 * AbortSignal does, but is much cheaper: AbortSignals took a quarter of the time of a dial. Signals
 * are accepted from callers ({@link endWithSignal}), and passed to foreign resolvers and SDKs
 * ({@link signal}).
 */
export class Lifetime {
  #reason: Error | undefined;
  /** A single listener is stored without a Set: most lifetimes have one, and a dial has three lifetimes. */
  #listeners: Listener | Set<Listener> | undefined;
  #controller: AbortController | undefined;
  /** Each function removes one cause that could end this lifetime. */
  #detach: (() => void)[] | undefined;

  /** Why it ended; undefined until then. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** The lifetime as an AbortSignal, created on first use. */
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
    if (typeof listeners === "function") listeners(reason);
    else for (const listener of listeners ?? []) listener(reason);
    this.#controller?.abort(reason);
    // Last: a polyfilled signal may throw here.
    this.release();
  }

  /** The work is done: removes all timers and listeners. From now on, only `end` ends the lifetime. */
  release(): void {
    const detach = this.#detach;
    this.#detach = undefined;
    for (const each of detach ?? []) each();
  }

  /** Calls the listener at the end, or now if it has already ended. */
  onEnd(listener: Listener): void {
    if (this.#reason !== undefined) return listener(this.#reason);
    if (this.#listeners === undefined) this.#listeners = listener;
    else if (typeof this.#listeners === "function") {
      this.#listeners = new Set([this.#listeners, listener]);
    } else this.#listeners.add(listener);
  }

  offEnd(listener: Listener): void {
    if (this.#listeners === listener) this.#listeners = undefined;
    else if (typeof this.#listeners === "object") this.#listeners.delete(listener);
  }

  /**
   * Waits for the result of callbacks; rejects with the reason when the lifetime ends first.
   *
   * @param start starts to wait, and returns a function that stops it; that is always called
   */
  wait<T>(
    start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) return reject(this.#reason);
      let isSettled = false;
      let stop: (() => void) | undefined;
      const stopBefore = <A>(settle: (outcome: A) => void) => {
        return (outcome: A): void => {
          isSettled = true;
          this.offEnd(onEnd);
          stop?.();
          settle(outcome);
        };
      };
      const onEnd = stopBefore<unknown>(reject);
      stop = start(stopBefore(resolve), onEnd);
      // It may be settled before `start` has returned, for example when a socket cannot be bound.
      if (isSettled) stop();
      else this.onEnd(onEnd);
    });
  }

  /** Ends it when another lifetime ends, for the same reason. */
  endWith(other: Lifetime): void {
    const end = (reason: Error): void => this.end(reason);
    other.onEnd(end);
    this.#onRelease(() => other.offEnd(end));
  }

  /** Ends it when the signal is aborted. */
  endWithSignal(signal: AbortSignal, toReason: (reason: unknown) => Error = toError): void {
    const end = (): void => this.end(toReason(signal.reason));
    if (signal.aborted) end();
    else this.#onRelease(onAbort(signal, end));
  }

  /**
   * Ends it after a time in ms.
   *
   * @param options.ref whether the timer keeps the process alive. Default: false
   */
  endAfter(ms: number, clock: Clock, toReason: () => Error, options?: { ref?: boolean }): void {
    this.#onRelease(clock.setTimeout(() => this.end(toReason()), ms, options));
  }

  #onRelease(detach: () => void): void {
    if (this.#reason === undefined) (this.#detach ??= []).push(detach);
    else detach();
  }
}

interface SharedListener {
  /** In the order in which they came. */
  readonly ends: Set<() => void>;
  readonly listener: () => void;
}

const shared = new WeakMap<AbortSignal, SharedListener>();

/**
 * Calls `end` when the signal is aborted. One signal may end every dial of a program, but Node.js
 * warns about many listeners on one signal. So all calls share one listener.
 *
 * @returns a function that unsubscribes; the last call removes the listener
 */
function onAbort(signal: AbortSignal, end: () => void): () => void {
  const { ends, listener } = shared.get(signal) ?? listenTo(signal);
  ends.add(end);
  return () => {
    ends.delete(end);
    if (ends.size > 0) return;
    shared.delete(signal);
    signal.removeEventListener("abort", listener);
  };
}

function listenTo(signal: AbortSignal): SharedListener {
  const ends = new Set<() => void>();
  const listener = (): void => {
    for (const end of ends) endOrReport(end);
  };
  signal.addEventListener("abort", listener);
  const known = { ends, listener };
  shared.set(signal, known);
  return known;
}

/** Like the signal itself: an error becomes an uncaught exception, and the others still end. */
function endOrReport(end: () => void): void {
  try {
    end();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
