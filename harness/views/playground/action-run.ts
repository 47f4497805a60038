import { now } from "../../ecs/index.ts";
import type { Totals } from "./counter.ts";

/**
 * - `under way`: it is being done
 * - `lasting`: the fault is there until it is repaired or ends by itself
 * - `recovering`: the fault is over, and users or services still feel it
 * - `over`: users are served and services are stable again
 * - `interrupted`: another button was pressed before it was over; what follows is not its effect alone
 * - `failed`: it was not done, or not to its end
 */
export type RunPhase = "under way" | "lasting" | "recovering" | "over" | "interrupted" | "failed";

/** One press of a button in one setup: what it does now, and what it has done to users and services. */
export class ActionRun {
  /** When it was pressed. */
  readonly at = now();
  /** Whether users were all served when it was pressed: if not, it takes over failures of something else. */
  readonly wereServed: boolean;
  readonly #totals: () => Totals;
  readonly #before: Totals;
  #after: Totals | undefined;
  #phase: RunPhase = "under way";
  #since = this.at;
  #error: string | undefined;

  /** @param totals what has been counted until now */
  constructor(totals: () => Totals, wereServed = true) {
    this.wereServed = wereServed;
    this.#totals = totals;
    this.#before = totals();
  }

  get phase(): RunPhase {
    return this.#phase;
  }

  /** Since when it is in its phase. */
  get since(): number {
    return this.#since;
  }

  /** Why it failed, or its repair. */
  get error(): string | undefined {
    return this.#error;
  }

  /** What was counted from the press until it was over or interrupted, or until now. */
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

  /** Keeps why its repair failed. */
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
