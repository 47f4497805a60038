import type { Spread } from "./statistics.ts";

/** What was measured for one contestant. */
export interface Entry {
  readonly contestant: string;
  readonly measured: Spread;
  readonly unit: string;
  /** What else is worth knowing, such as a count of queries. */
  readonly note?: string;
}

/** A figure of merit: one value, the goal it is held to, and what it was compared with. */
export interface FigureReport {
  readonly name: string;
  readonly title: string;
  readonly value: number;
  /** Of the value, where it comes from several rounds. */
  readonly spread?: Spread;
  /** `×` for a ratio. */
  readonly unit: string;
  /** The value must not be greater. */
  readonly goal: number;
  readonly entries: readonly Entry[];
}

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

export function isMet({ value, goal }: FigureReport): boolean {
  return value <= goal;
}
