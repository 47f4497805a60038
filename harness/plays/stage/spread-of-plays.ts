import { max, median, min } from "d3-array";
import type { Recording } from "./recording.ts";

/** Of one figure in several plays. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** By step, then by figure. */
type Spreads = Record<string, Record<string, Spread>>;

/** The name of the figure that is made from a step's impact: failed of sent, from 0 to 1. */
const FAILED_SHARE = "share of requests that failed";

/**
 * The figures of several plays of one scenario that are numbers; times in seconds.
 *
 * @throws when a play lacks a figure that another has
 */
export function spreadOfPlays(recordings: readonly Recording[]): Spreads {
  const plays = recordings.map(numbersOf);
  const keys = new Set(plays.flatMap((play) => [...play.keys()]));
  const spreads: Spreads = {};
  for (const key of keys) {
    const [step = "", name = ""] = JSON.parse(key) as string[];
    const values = plays.map((play) => play.get(key) ?? Number.NaN);
    if (values.some(Number.isNaN)) throw new Error(`a play did not measure "${name}" in "${step}"`);
    (spreads[step] ??= {})[name] = {
      least: min(values) ?? Number.NaN,
      median: median(values) ?? Number.NaN,
      most: max(values) ?? Number.NaN,
    };
  }
  return spreads;
}

function numbersOf({ figures, steps }: Recording): Map<string, number> {
  const shares = steps.flatMap(({ title, impact }) =>
    impact === undefined || impact.sent === 0
      ? []
      : [[title, FAILED_SHARE, rounded(impact.failed / impact.sent)] as const],
  );
  const numbers = figures.flatMap(({ step, name, value }) =>
    /^\d+(\.\d+)?( s)?$/.test(value) ? [[step, name, Number.parseFloat(value)] as const] : [],
  );
  return new Map(
    [...shares, ...numbers].map(([step, name, n]) => [JSON.stringify([step, name]), n]),
  );
}

const rounded = (share: number): number => Math.round(share * 1_000) / 1_000;
