import { performance } from "node:perf_hooks";
import { clearImmediate, clearTimeout, setImmediate, setTimeout } from "node:timers";

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
