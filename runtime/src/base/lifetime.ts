import type { Clock } from "./clock.ts";
import { toError } from "./errors.ts";

type Listener = (reason: Error) => void;

/**
 * Until when work may go on: the one form of cancellation in this package. It does what AbortSignal
 * does, and costs far less: with AbortSignals they took a quarter of a dial. Signals come in from
 * callers ({@link endWithSignal}), and go out to resolvers and SDKs of others ({@link signal}).
 */
export class Lifetime {
  #reason: Error | undefined;
  /** One alone has no Set: most lifetimes have one listener, and a dial has three lifetimes. */
  #listeners: Listener | Set<Listener> | undefined;
  #controller: AbortController | undefined;
  /** Each detaches one thing that could end this lifetime. */
  #detach: (() => void)[] | undefined;

  /** Why it ended; undefined while it lasts. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** The same as an AbortSignal. It is made when it is first read. */
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
    // Last: the signal of a polyfill may throw here.
    this.release();
  }

  /** The work is done: from now on only `end` ends it. No timer or listener of it is left. */
  release(): void {
    const detach = this.#detach;
    this.#detach = undefined;
    for (const each of detach ?? []) each();
  }

  /** Calls the listener at the end; at once when it has ended already. */
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
   * Waits for what callbacks tell; rejects with the reason when the lifetime ends first.
   *
   * @param start begins to wait, and returns how to stop: called in every case
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
      // It may have been told before `start` returned, as of a socket that cannot be bound.
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
 * Calls back when the signal is aborted. One signal may end every dial of a program, and Node.js
 * warns of many listeners on one signal: so all share one, and the signal's limit stays its owner's.
 *
 * @returns how to leave; the last one to leave takes the listener along
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

/** As the signal would: an error surfaces, and the others end all the same. */
function endOrReport(end: () => void): void {
  try {
    end();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
