import { performance } from "node:perf_hooks";
import { clearImmediate, clearTimeout, setImmediate, setTimeout } from "node:timers";
import { type SrvDialErrorCode, toError } from "./errors.ts";

/** The clock that this package uses everywhere. Tests and simulations pass their own. */
export interface Clock {
  /** Monotonic time in ms. */
  now(): number;
  /**
   * Calls `run` once, after `ms` milliseconds.
   * @param options.ref whether the timer keeps the process alive. Default: false
   * @returns clears the timer; does nothing once `run` was called
   */
  setTimeout(run: () => void, ms: number, options?: { ref?: boolean }): () => void;
  /**
   * Calls `run` once, after waiting events of sockets: Node.js runs timers that are due before it looks at any socket.
   * @returns clears it
   */
  setImmediate(run: () => void): () => void;
}

/** The clock of this machine. Not the global timers: those are a browser's in Jest's jsdom, and stubs in many tests. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout(run, ms, { ref = false } = {}) {
    // At least 0: Node.js from 22 on warns about a negative time.
    const timer: unknown = setTimeout(run, Math.max(0, ms));
    // Fake timers may return a number or nothing.
    if (!ref) (timer as Partial<NodeJS.Timeout> | undefined)?.unref?.();
    return () => clearTimeout(timer as NodeJS.Timeout);
  },
  setImmediate(run) {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
};

type Listener = (reason: Error) => void;

/**
 * How long the work of a dial may continue. It does what AbortSignal does, which callers, checks and resolvers get. On
 * Node.js 20 signals would cost a warm dial about 30 µs, a quarter of its time (`npm run bench`, the first row):
 * `AbortSignal.any` alone takes 16 µs.
 */
export class Lifetime {
  #reason: Error | undefined;
  readonly #listeners = new Set<Listener>();
  #controller: AbortController | undefined;
  /** Each removes one cause that could end this lifetime. */
  readonly #detach: (() => void)[] = [];

  /** Why it ended; undefined until then. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  /** As an AbortSignal for foreign code, created on first use. */
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
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
    this.#controller?.abort(reason);
    // Last: a polyfilled signal may throw here.
    this.release();
  }

  /** The work is done: removes all timers and listeners. From now on, only `end` ends the lifetime. */
  release(): void {
    while (this.#detach.length > 0) this.#detach.pop()?.();
  }

  /** Calls the listener at the end, or now if it has already ended. */
  onEnd(listener: Listener): void {
    if (this.#reason === undefined) this.#listeners.add(listener);
    else listener(this.#reason);
  }

  offEnd(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /**
   * Waits for the result of callbacks; rejects with the reason when the lifetime ends first.
   * @param start starts to wait, and returns a function that stops it, which is always called
   */
  wait<T>(
    start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) return reject(this.#reason);
      let isSettled = false;
      let stop: (() => void) | undefined;
      const stopAnd = <V>(settle: (outcome: V) => void) => {
        return (outcome: V): void => {
          isSettled = true;
          this.#listeners.delete(fail);
          stop?.();
          settle(outcome);
        };
      };
      const fail = stopAnd<unknown>(reject);
      stop = start(stopAnd<T>(resolve), fail);
      // It may be settled before `start` has returned, for example when a socket cannot be bound.
      if (isSettled) stop();
      else this.#listeners.add(fail);
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
    if (signal.aborted) return end();
    this.#onRelease(onAbort(signal, end));
  }

  /** Ends it after a time in ms. @param options as in {@link Clock} */
  endAfter(ms: number, clock: Clock, toReason: () => Error, options?: { ref?: boolean }): void {
    this.#onRelease(clock.setTimeout(() => this.end(toReason()), ms, options));
  }

  #onRelease(detach: () => void): void {
    if (this.#reason === undefined) this.#detach.push(detach);
    else detach();
  }
}

/** What each signal ends, and its one listener: Node.js warns of many, and one signal may end every dial of a program. */
const signals = /* @__PURE__ */ new WeakMap<
  AbortSignal,
  { readonly ends: Set<() => void>; readonly listener: () => void }
>();

/** @returns stops to listen */
function onAbort(signal: AbortSignal, end: () => void): () => void {
  let known = signals.get(signal);
  if (known === undefined) {
    const all = new Set<() => void>();
    signals.set(signal, (known = { ends: all, listener: () => all.forEach((each) => each()) }));
  }
  const { ends, listener } = known;
  if (ends.size === 0) signal.addEventListener("abort", listener);
  ends.add(end);
  return () => {
    if (ends.delete(end) && ends.size === 0) signal.removeEventListener("abort", listener);
  };
}

/** Why a call ended early. */
export class Interruption extends Error {
  readonly code: SrvDialErrorCode;

  constructor(code: SrvDialErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Why the call ended early; undefined if it did not. */
export function interruptionOf({ reason }: Lifetime): Interruption | undefined {
  return reason instanceof Interruption ? reason : undefined;
}

/** Of a finished call: nothing of it is left running. */
export const OVER = new Error("the call is over");

/** Runs the work of a resolver. It ends when the signal is aborted. */
export async function withSignal<T>(
  signal: AbortSignal | undefined,
  work: (lifetime: Lifetime) => Promise<T>,
): Promise<T> {
  const lifetime = new Lifetime();
  if (signal !== undefined) lifetime.endWithSignal(signal);
  try {
    return await work(lifetime);
  } finally {
    lifetime.release();
  }
}
