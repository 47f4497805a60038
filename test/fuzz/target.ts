import type { Failure, Failures } from "./engine/failures.ts";

export interface TargetContext {
  /** The same seed gives the same inputs. */
  readonly seed: number;
  readonly inputs: number;
  /** Tells that so many inputs are done: without a word for a minute, the process counts as hung. */
  readonly progress: (done: number) => void;
  /** What it must not have found goes here: it is told at once, as the process may not come to its end. */
  readonly failures: Failures;
}

/** What a target gives at its end. */
export interface TargetFigures {
  readonly inputs: number;
  /** What is worth knowing of the run, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface TargetReport extends TargetFigures {
  /** What it must not have found. */
  readonly failures: readonly Failure[];
}

/** A part of the project that is given bad input. It has a module of its own name in `targets/`. */
export interface Target {
  readonly about: string;
  /** Inputs of a run that is not told how many. */
  readonly inputs: number;
  /** MiB that may be held after a run beyond those held after a tenth of it. @default 32 */
  readonly growth?: number;
  readonly run: (context: TargetContext) => Promise<TargetFigures>;
}
