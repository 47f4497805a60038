import { describe, expect, it } from "vitest";
import { flatnessOf } from "../../../../harness/soak/verdict/flatness.ts";

/** A value every 6 s for a number of minutes. */
const over = (minutes: number, value: (minute: number) => number) =>
  Array.from({ length: minutes * 10 }, (_, index) => ({
    at: index * 6_000,
    value: value(index / 10),
  }));

describe("a flat value", () => {
  it("is not checked in a run of a minute", () => {
    expect(flatnessOf(over(1, () => 100))).toBeUndefined();
    expect(flatnessOf([])).toBeUndefined();
  });

  it("has a last third whose median is at most 5 % above that of the first", () => {
    expect(flatnessOf(over(30, () => 100))).toEqual({ first: 100, last: 100, isFlat: true });
    expect(flatnessOf(over(30, (minute) => 100 + minute / 5))).toMatchObject({ isFlat: true });
    expect(flatnessOf(over(30, (minute) => 100 + minute / 2))).toMatchObject({ isFlat: false });
  });

  it("may grow in its first two minutes, while code is compiled", () => {
    const growing = over(9, (minute) => (minute < 2 ? 10 : 100));
    expect(flatnessOf(growing)).toEqual({ first: 100, last: 100, isFlat: true });
  });
});
