/** How many steps a wait is counted in. */
const STEPS = 50;

/**
 * A signal that aborts after a time in which this process ran. When the whole machine stalls, users and
 * app stall alike: the stall counts as one step, and what has arrived meanwhile is read.
 * @param milliseconds how long, if nothing stalls
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
