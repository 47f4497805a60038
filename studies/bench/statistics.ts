/** The value below which a share (0 to 1) of the sample lies, interpolated between neighbours. */
export function quantile(sample: readonly number[], share: number): number {
  if (sample.length === 0) throw new RangeError("a quantile needs at least one value");
  const sorted = sample.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

export type Spread = ReturnType<typeof spreadOf>;

export const spreadOf = (sample: readonly number[]) => ({
  p25: quantile(sample, 0.25),
  median: quantile(sample, 0.5),
  p75: quantile(sample, 0.75),
});

/**
 * The slope of a line through points at equal distances, as the median of the slopes of all pairs (Theil–Sen): one
 * late garbage collection does not change it. 0 for fewer than two points.
 */
export function slopeOf(values: readonly number[]): number {
  const slopes = values.flatMap((from, start) =>
    values.slice(start + 1).map((to, distance) => (to - from) / (distance + 1)),
  );
  return slopes.length === 0 ? 0 : quantile(slopes, 0.5);
}

/** The items in random order. @param random returns numbers in [0, 1) */
export function shuffled<T>(items: readonly T[], random = Math.random): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
