import { FIGURES } from "./measures.ts";
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
