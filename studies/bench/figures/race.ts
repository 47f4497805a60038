import type { Goal, MeasuredFigure } from "../figure.ts";
import { type RoundTimes, mediansOf, ratios } from "../rounds.ts";
import { spreadOf } from "../statistics.ts";

/** One entrant's time divided by another's. */
export interface Comparison {
  readonly title: string;
  readonly entrant: string;
  readonly base: string;
  readonly goal: Goal;
}

/** One figure for each comparison. The first lists the times of all entrants. */
export function compare(
  name: string,
  times: RoundTimes,
  comparisons: readonly Comparison[],
): MeasuredFigure[] {
  const entries = [...times.keys()].map((contestant) => ({
    contestant,
    measured: spreadOf(mediansOf(times, contestant)),
    unit: "µs",
  }));
  return comparisons.map(({ title, entrant, base, goal }, index) => {
    const spread = spreadOf(ratios(times, entrant, base));
    return {
      name,
      title,
      value: spread.median,
      spread,
      unit: "×",
      goal,
      entries: index === 0 ? entries : [],
    };
  });
}
