/** The number of timer steps per timeout. */
const STEPS = 50;

/**
 * A signal that aborts after a time, not counting stalls of this process. If the machine stalls, users and app stall
 * alike. A stall counts as one step, so responses that have arrived are still read.
 * @param milliseconds without stalls
 */
export function userTimeout(milliseconds: number): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  let steps = 0;
  const timer = setInterval(() => {
    steps += 1;
    if (steps < STEPS) return;
    clearInterval(timer);
    controller.abort(new DOMException("the user's timeout", "TimeoutError"));
  }, milliseconds / STEPS);
  return { signal: controller.signal, [Symbol.dispose]: () => clearInterval(timer) };
}
