import type { Failure } from "./engine/failures.ts";

export interface TargetContext {
  /** The same seed gives the same inputs. */
  readonly seed: number;
  readonly inputs: number;
  /** Tells that so many inputs are done: without a word for a minute, the process counts as hung. */
  readonly progress: (done: number) => void;
}

export interface TargetReport {
  readonly inputs: number;
  /** What is worth knowing of the run, by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** What it must not have found. */
  readonly failures: readonly Failure[];
}

/** A part of the project that is given bad input. It has a module of its own name in `targets/`. */
export interface Target {
  readonly about: string;
  /** Inputs of a run that is not told how many. */
  readonly inputs: number;
  readonly run: (context: TargetContext) => Promise<TargetReport>;
}
