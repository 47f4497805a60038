import { table } from "../../harness/results/markdown.ts";
import { type Spread, quantile, spreadOf } from "./statistics.ts";

export interface Run {
  /** Checks that everything works. Its values are not accurate. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
}

/** One value and its goal: a line of the table. */
export interface Row {
  readonly title: string;
  /** null: this machine cannot measure it, and `detail` says why. */
  readonly value: number | null;
  /** `×` for a ratio. */
  readonly unit: string;
  readonly goal: Goal;
  /** How much the rounds differ. */
  readonly spread?: Spread;
  /** Where the value comes from, such as the two times of a ratio. */
  readonly detail?: string;
}

/** A value must be at most `most`, or differ from `around` by at most `within`. */
export type Goal = { readonly most: number } | { readonly around: number; readonly within: number };

/** The median of the ratios of the same round: what the machine does meanwhile slows both. */
export function ratioRow(title: string, [ours, base]: Pair, goal: Goal, unit = "µs"): Row {
  const spread = spreadOf(ours.map((time, round) => time / (base[round] ?? Number.NaN)));
  const detail = [ours, base].map((times) => amount(quantile(times, 0.5), unit)).join(" / ");
  const row = { title, value: spread.median, unit: "×", goal, detail };
  return ours.length > 1 ? { ...row, spread } : row;
}

type Pair = readonly [ours: readonly number[], base: readonly number[]];

export function verdictOf({ value, goal }: Row): "met" | "MISSED" | "not measured" {
  if (value === null) return "not measured";
  const isMet = "most" in goal ? value <= goal.most : Math.abs(value - goal.around) <= goal.within;
  return isMet ? "met" : "MISSED";
}

/** A table in Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const { title, value, unit, goal, spread, detail = "" } = row;
    const measured = value === null ? "" : amount(value, unit);
    const span = spread ? `${amount(spread.p25, unit)} to ${amount(spread.p75, unit)}` : "";
    const allowed =
      "most" in goal
        ? `≤ ${amount(goal.most, unit)}`
        : `${goal.around.toFixed(2)} ± ${amount(goal.within, unit)}`;
    return [title, measured, span, allowed, verdictOf(row), detail];
  });
  return table(["figure", "value", "p25 to p75", "goal", "verdict", "detail"], lines);
}

/** As `1.10 ×`, `9.5 ms`, `120 ms`. */
export function amount(value: number, unit: string): string {
  const decimals = unit === "×" ? 2 : Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(decimals)} ${unit}`.trim();
}
