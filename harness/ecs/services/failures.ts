/** The number of failed tasks after which a deployment fails: half the desired count, at least 3, at most 200. */
export function circuitBreakerThreshold(desiredCount: number): number {
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
  return Math.min(200, Math.max(3, Math.ceil(desiredCount * 0.5)));
}

/**
 * Milliseconds until the replacement of a task that ran and failed, and from start to start of tasks that had served: ECS'
 * scheduler needs seconds for that, too.
 */
export const REPLACEMENT_DELAY = 1000;

/**
 * The delay after a number of consecutive tasks that never reached RUNNING: 1 s, doubled each time, up to 27 minutes. ECS
 * documents only the maximum.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
 * @returns ms
 */
export function throttleDelay(failures: number): number {
  return failures === 0 ? 0 : Math.min(1_620_000, 1000 * 2 ** (failures - 1));
}

/**
 * Interval in ms at which a task without a host counts as failed again. ECS does not document how often it
 * tries. Here placement is tried after every change, and at least this often.
 */
export const PLACEMENT_INTERVAL = 10_000;
