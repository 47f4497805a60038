/**
 * Spaces what would come too often: each call resolves when `interval` ms have passed since the one
 * before, and rejects with the signal's reason when it ends first.
 *
 * @param now monotonic time in ms
 */
export function turns(
  interval: number,
  now: () => number = () => performance.now(),
): (signal: AbortSignal) => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    signal.throwIfAborted();
    const wait = last + interval - now();
    if (wait > 0) await pause(wait, signal);
    last = now();
  };
}

function pause(duration: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      how();
    };
    const onAbort = (): void => settle(() => reject(signal.reason));
    const timer = setTimeout(() => settle(resolve), duration);
    // Whoever waits has a deadline of its own that keeps the process alive.
    timer.unref();
    signal.addEventListener("abort", onAbort);
  });
}
