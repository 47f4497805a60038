/** @returns a function that gives the time since this call, in tenths of a ms */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => Math.round((performance.now() - start) * 10) / 10;
}
