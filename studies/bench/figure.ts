import type { Spread } from "./statistics.ts";

/** What was measured for one contestant. */
export interface Entry {
  readonly contestant: string;
  readonly measured: Spread;
  readonly unit: string;
  /** What else is worth knowing, such as a count of queries. */
  readonly note?: string;
}

/** What a value is held to: it must not be greater than `most`, or lie `within` of `around`. */
export type Goal = { readonly most: number } | { readonly around: number; readonly within: number };

/** A figure of merit: one value, the goal it is held to, and what it was compared with. */
export interface MeasuredFigure {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  /** Of the value, where it comes from several rounds. */
  readonly spread?: Spread;
  /** `×` for a ratio. */
  readonly unit: string;
  /** None: the value is worth knowing, and no one is held to it. */
  readonly goal?: Goal;
  readonly entries: readonly Entry[];
}

/** A figure that this machine cannot measure. */
export interface LeftOutFigure {
  readonly name: string;
  readonly title: string;
  /** Why, such as the program that is missing. */
  readonly leftOut: string;
}

export type FigureReport = MeasuredFigure | LeftOutFigure;

export interface FigureContext {
  /** A short run that shows that everything works; its figures say little. */
  readonly quick: boolean;
  readonly random: () => number;
  /** Stops whatever runs. */
  readonly signal: AbortSignal;
}

export interface Figure {
  /** As `--only` takes it. */
  readonly name: string;
  readonly measure: (context: FigureContext) => Promise<readonly FigureReport[]>;
}

export type Verdict = "met" | "MISSED" | "no goal" | "left out";

/** A value that could not be measured (NaN) misses its goal. */
export function verdictOf(figure: FigureReport): Verdict {
  if ("leftOut" in figure) return "left out";
  const { value, goal } = figure;
  if (goal === undefined) return "no goal";
  const isMet = "most" in goal ? value <= goal.most : Math.abs(value - goal.around) <= goal.within;
  return isMet ? "met" : "MISSED";
}
