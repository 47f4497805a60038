import { now } from "../../ecs/index.ts";
import type { RecordedImpact, RecordedStep } from "../../plays/stage/recording.ts";

/**
 * - `under way`: the action runs
 * - `lasting`: the fault is active
 * - `recovering`: the fault is over, but requests fail or services are not stable yet
 * - `over`: users are served and services are stable again
 * - `interrupted`: another button was pressed before it was over, so later effects have several causes
 * - `failed`: the action did not complete
 */
export type RunPhase = "under way" | "lasting" | "recovering" | "over" | "interrupted" | "failed";

/** A press of a button in one setup: its phase, and its cost to users and Redis. */
export class ActionRun {
  readonly title: string;
  readonly at = now();
  readonly #costSince: (time: number) => RecordedImpact;
  #cost: RecordedImpact | undefined;
  #phase: RunPhase = "under way";
  #since = this.at;
  #error: string | undefined;

  /** @param costSince measures the cost from a time until now */
  constructor(title: string, costSince: (time: number) => RecordedImpact) {
    this.title = title;
    this.#costSince = costSince;
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

  /** The cost from the press until it was over or interrupted, or until now. */
  get cost(): RecordedImpact {
    return this.#cost ?? this.#costSince(this.at);
  }

  /** The press in a recording. It lasts until now if it is not over. */
  get step(): RecordedStep {
    const { title, at } = this;
    if (this.#phase === "failed")
      return { title, at, until: this.#since, skipped: this.#error ?? "" };
    return { title, at, until: this.#cost ? this.#since : now(), impact: this.cost };
  }

  enter(phase: "lasting" | "recovering" | "over" | "interrupted"): void {
    this.#phase = phase;
    this.#since = now();
    if (phase === "over" || phase === "interrupted") this.#cost = this.#costSince(this.at);
  }

  /** Sets the reason why its repair failed. */
  note(error: string): void {
    this.#error = error;
  }

  fail(error: string): void {
    this.#phase = "failed";
    this.#since = now();
    this.#error = error;
  }
}
