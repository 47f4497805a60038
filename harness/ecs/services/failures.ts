/** How many failed tasks make a deployment fail: half the desired count, within 3 and 200. */
export function circuitBreakerThreshold(desiredCount: number): number {
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
  return Math.min(200, Math.max(3, Math.ceil(desiredCount * 0.5)));
}

/**
 * How long to wait before the next start after so many failed starts in a row: 1 s, doubled each time,
 * up to 15 minutes. ECS tells the ceiling only.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 * @returns ms
 */
export function restartDelay(failures: number): number {
  return failures === 0 ? 0 : Math.min(900_000, 1000 * 2 ** (failures - 1));
}

/**
 * How often a task that finds no place counts as a failed one, in ms. ECS counts it but does not tell how
 * often it tries; here a place is looked for at every change, and at least as often as this.
 */
export const PLACEMENT_INTERVAL = 10_000;
