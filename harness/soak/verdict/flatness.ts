import { median } from "d3-array";

/** Allowed growth from the first third to the last: 5 %. */
const MOST_GROWTH = 1.05;
/** Milliseconds of warm-up that are not checked: code is compiled and buffers grow. */
const WARM_UP = 120_000;
/** Minimum samples per third. */
const LEAST = 20;

export interface Measured {
  readonly at: number;
  readonly value: number;
}

/** Medians of the first and the last third after the warm-up. Undefined if the run is too short. */
export interface Flatness {
  readonly first: number;
  readonly last: number;
  readonly isFlat: boolean;
}

/** @param samples in order of time */
export function flatnessOf(samples: readonly Measured[]): Flatness | undefined {
  const begin = (samples[0]?.at ?? 0) + WARM_UP;
  const values = samples.filter(({ at }) => at >= begin).map(({ value }) => value);
  const third = Math.floor(values.length / 3);
  if (third < LEAST) return undefined;
  const first = median(values.slice(0, third)) ?? 0;
  const last = median(values.slice(-third)) ?? 0;
  return { first, last, isFlat: last <= first * MOST_GROWTH };
}
