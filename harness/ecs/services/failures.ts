/** How many failed tasks make a deployment fail: half the desired count, at least 3, at most 200. */
export function circuitBreakerThreshold(desiredCount: number): number {
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
  return Math.min(200, Math.max(3, Math.ceil(desiredCount * 0.5)));
}

/**
 * How long to wait after a number of failed starts in a row: 1 s, doubled each time, up to 15 minutes.
 * ECS documents the maximum only.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 * @returns ms
 */
export function restartDelay(failures: number): number {
  return failures === 0 ? 0 : Math.min(900_000, 1000 * 2 ** (failures - 1));
}

/**
 * How often a task without a place counts as failed, in ms. ECS does not document how often it tries.
 * Here a place is looked for at every change, and at least this often.
 */
export const PLACEMENT_INTERVAL = 10_000;
