import { now } from "../../ecs/index.ts";
import type { Totals } from "./counter.ts";

/**
 * - `under way`: the action runs
 * - `lasting`: the fault is active
 * - `recovering`: the fault is over, but requests fail or services are not stable yet
 * - `over`: users are served and services are stable again
 * - `interrupted`: another button was pressed before it was over, so later effects have several causes
 * - `failed`: the action did not complete
 */
export type RunPhase = "under way" | "lasting" | "recovering" | "over" | "interrupted" | "failed";

/** A press of a button in one setup: its phase and its effect on users and services. */
export class ActionRun {
  readonly at = now();
  /** Whether all requests were served before the press. If not, its counts include earlier failures. */
  readonly wereServed: boolean;
  readonly #totals: () => Totals;
  readonly #before: Totals;
  #after: Totals | undefined;
  #phase: RunPhase = "under way";
  #since = this.at;
  #error: string | undefined;

  /** @param totals the current counts */
  constructor(totals: () => Totals, wereServed = true) {
    this.wereServed = wereServed;
    this.#totals = totals;
    this.#before = totals();
  }

  get phase(): RunPhase {
    return this.#phase;
  }

  get since(): number {
    return this.#since;
  }

  /** Why the action or its repair failed. */
  get error(): string | undefined {
    return this.#error;
  }

  /** The counts from the press until it was over or interrupted, or until now. */
  get effect(): Totals {
    const [before, after] = [this.#before, this.#after ?? this.#totals()];
    return {
      served: after.served - before.served,
      failed: after.failed - before.failed,
      redisStarts: after.redisStarts - before.redisStarts,
      appStarts: after.appStarts - before.appStarts,
    };
  }

  enter(phase: "lasting" | "recovering" | "over" | "interrupted"): void {
    this.#phase = phase;
    this.#since = now();
    if (phase === "over" || phase === "interrupted") this.#after = this.#totals();
  }

  /** Sets the reason why its repair failed. */
  note(error: string): void {
    this.#error = error;
  }

  fail(error: string): void {
    this.#phase = "failed";
    this.#since = now();
    this.#error = error;
    this.#after = this.#totals();
  }
}
