import { median } from "d3-array";

/** How much more the last third may have than the first: 5 %. */
const MOST_GROWTH = 1.05;
/** Milliseconds after the first sample that are not judged: code is compiled, buffers grow. */
const WARM_UP = 120_000;
/** Samples that a third has at least. */
const LEAST = 20;

export interface Measured {
  readonly at: number;
  readonly value: number;
}

/** Medians of the first and the last third after the warm-up; undefined where that is too short to judge. */
export interface Flatness {
  readonly first: number;
  readonly last: number;
  readonly isFlat: boolean;
}

/** @param samples in the order of their times */
export function flatnessOf(samples: readonly Measured[]): Flatness | undefined {
  const begin = (samples[0]?.at ?? 0) + WARM_UP;
  const values = samples.filter(({ at }) => at >= begin).map(({ value }) => value);
  const third = Math.floor(values.length / 3);
  if (third < LEAST) return undefined;
  const first = median(values.slice(0, third)) ?? 0;
  const last = median(values.slice(-third)) ?? 0;
  return { first, last, isFlat: last <= first * MOST_GROWTH };
}
