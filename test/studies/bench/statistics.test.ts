import { describe, expect, it } from "vitest";

import { quantile, shuffled, slopeOf, spreadOf } from "../../../studies/bench/statistics.ts";

describe("quantile", () => {
  it("interpolates between neighbours in a sample of any order", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([30, 10, 20], 0.25)).toBe(15);
    expect(spreadOf([5])).toEqual({ p25: 5, median: 5, p75: 5 });
  });
});

describe("slopeOf", () => {
  it("is the growth per step", () => {
    expect(slopeOf([10, 12, 14, 16])).toBe(2);
    expect(slopeOf([7, 7, 7])).toBe(0);
    expect(slopeOf([7])).toBe(0);
  });

  it("does not change with one outlier", () => {
    expect(slopeOf([0, 1, 2, 300, 4, 5, 6])).toBe(1);
  });
});

describe("shuffled", () => {
  it("returns every item once, and does not change the list", () => {
    const items = ["a", "b", "c"];
    const draws = [0.9, 0.1, 0.5];
    expect(shuffled(items, () => draws.shift() ?? 0)).toEqual(["b", "c", "a"]);
    expect(items).toEqual(["a", "b", "c"]);
  });
});
