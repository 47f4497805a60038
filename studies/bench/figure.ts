import type { Spread } from "./statistics.ts";

/** A measurement of one contestant. */
export interface Entry {
  readonly contestant: string;
  readonly measured: Spread;
  readonly unit: string;
  /** Additional information, such as a count of queries. */
  readonly note?: string;
}

/** A value must be at most `most`, or differ from `around` by at most `within`. */
export type Goal = { readonly most: number } | { readonly around: number; readonly within: number };

/** One value, its goal, and the contestants that were compared. */
export interface MeasuredFigure {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  /** Spread of the value, if it comes from several rounds. */
  readonly spread?: Spread;
  /** `×` for a ratio. */
  readonly unit: string;
  readonly goal: Goal;
  readonly entries: readonly Entry[];
}

/** A figure that this machine cannot measure. */
export interface SkippedFigure {
  readonly name: string;
  readonly title: string;
  /** The reason, such as a missing program. */
  readonly skipped: string;
}

export type FigureReport = MeasuredFigure | SkippedFigure;

export interface FigureContext {
  /** A short run that checks that everything works. Its figures are not accurate. */
  readonly quick: boolean;
  readonly random: () => number;
  /** Stops the run. */
  readonly signal: AbortSignal;
}

export interface Figure {
  /** The name for `--only`. */
  readonly name: string;
  readonly measure: (context: FigureContext) => Promise<readonly FigureReport[]>;
}

export type Verdict = "met" | "MISSED" | "skipped";

/** A value that could not be measured (NaN) misses its goal. */
export function verdictOf(figure: FigureReport): Verdict {
  if ("skipped" in figure) return "skipped";
  const { value, goal } = figure;
  const isMet = "most" in goal ? value <= goal.most : Math.abs(value - goal.around) <= goal.within;
  return isMet ? "met" : "MISSED";
}
