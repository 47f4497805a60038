import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { quantile, shuffled, slopeOf, spreadOf } from "../../../studies/bench/statistics.ts";

const samples = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 50 });

describe("quantile", () => {
  it("interpolates between neighbours in a sample of any order", () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([30, 10, 20], 0.25)).toBe(15);
    expect(spreadOf([5])).toEqual({ p25: 5, median: 5, p75: 5 });
  });

  it("goes from minimum to maximum, and never decreases", () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (sample, share) => {
        expect(quantile(sample, 0)).toBe(Math.min(...sample));
        expect(quantile(sample, 1)).toBe(Math.max(...sample));
        expect(quantile(sample, share)).toBeLessThanOrEqual(quantile(sample, (share + 1) / 2));
      }),
    );
  });

  it("refuses an empty sample, and a share out of range", () => {
    expect(() => quantile([], 0.5)).toThrow("a quantile needs at least one value");
    expect(() => quantile([1], 1.1)).toThrow("share is 1.1; allowed: 0 to 1");
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
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
