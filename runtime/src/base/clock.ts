/** The time that everything in this package goes by: tests and simulations bring their own. */
export interface Clock {
  /** Monotonic time in ms. */
  now(): number;
  /**
   * Calls back once, in so many ms.
   *
   * @param options.ref whether it keeps the process alive until then. Default: false
   * @returns how to clear it; it does nothing once called back
   */
  setTimeout(run: () => void, ms: number, options?: { ref?: boolean }): () => void;
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout(run, ms, { ref = false } = {}) {
    // A time that is over already: Node.js from 22 on warns of a negative one.
    const timer = setTimeout(run, Math.max(0, ms));
    if (!ref) timer.unref();
    return () => clearTimeout(timer);
  },
};
