import type { RequestOutcome } from "./load.ts";
import { FIGURES, failingAfter } from "./measures.ts";
import { seconds } from "./results.ts";
import type { Stage } from "./stage.ts";

/** What users should get, and what they got. */
interface Claim {
  readonly claim: string;
  readonly held: boolean;
  readonly seen: string;
  /** How many tasks of the app were started meanwhile. */
  readonly appStarts: number;
}

/**
 * Expects what users get. Where tasks of an app without a health check were started, ECS ends old ones before the new
 * ones answer: that is no fault of Redis, and so it is told instead.
 */
export function expectUsers(
  { setup, results }: Pick<Stage, "setup" | "results">,
  { claim, held, seen, appStarts }: Claim,
): void {
  if (setup.isUnchecked && appStarts > 0) {
    results.measure(FIGURES.unchecked, "ECS ends old tasks before new ones answer");
  } else {
    results.expect(claim, held, seen);
  }
}

/**
 * Expects that requests fail no longer after Redis has moved. A task that started meanwhile serves at once: the first
 * request that is served says nothing of the tasks that have lost Redis.
 * @param healthyAt when Redis passed a health check there
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
