import type { RequestOutcome } from "./load.ts";
import { FIGURES, failingAfter } from "./measures.ts";
import { seconds } from "./results.ts";
import type { Stage } from "./stage.ts";

/** The expected and actual responses to users. */
interface Claim {
  readonly claim: string;
  readonly held: boolean;
  readonly seen: string;
  /** Number of app tasks that were started meanwhile. */
  readonly appStarts: number;
}

/**
 * Checks the responses to users. If tasks of an app without a health check were started, ECS may stop old tasks
 * before new ones answer. That is not caused by Redis, so a figure says it instead.
 */
export function expectUsers(
  { setup, results }: Pick<Stage, "setup" | "results">,
  { claim, held, seen, appStarts }: Claim,
): void {
  if (setup.isUnchecked && appStarts > 0) {
    results.measure(
      FIGURES.unchecked,
      "ECS counts a new task that runs, whether it answers or not",
    );
  } else {
    results.expect(claim, held, seen);
  }
}

/**
 * Expects that requests stop failing after Redis has moved. Tasks that started meanwhile serve at once, so the first
 * success says nothing about the tasks that lost Redis.
 * @param healthyAt when the moved Redis passed a health check
 */
export function expectServesAgain(
  { setup: { servesWithin }, results }: Pick<Stage, "setup" | "results">,
  outcomes: readonly RequestOutcome[],
  healthyAt: number,
): void {
  if (servesWithin === undefined) return;
  const claim = `no request fails later than ${servesWithin / 1_000} s after Redis passed a health check`;
  const failing = failingAfter(healthyAt, outcomes);
  results.expect(claim, failing <= servesWithin, seconds(failing));
}
