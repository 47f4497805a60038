import { describe, expect, it } from "vitest";

import { compare } from "./figures/race.ts";
import { mediansOf, ratios } from "./rounds.ts";

/** µs of each connect in three rounds; in the second something slows the machine. */
const times = new Map([
  ["ours", [[11, 10, 99], [26, 24, 28], [12]]],
  ["theirs", [[10, 9, 11], [20], [10, 8]]],
]);

describe("the rounds", () => {
  it("take the median of a round, so that one slow connect is not the round", () => {
    expect(mediansOf(times, "ours")).toEqual([11, 26, 12]);
  });

  it("compare two entrants within a round", () => {
    const [first, second, third] = ratios(times, "ours", "theirs");
    expect(first).toBeCloseTo(1.1);
    expect(second).toBeCloseTo(1.3);
    expect(third).toBeCloseTo(12 / 9);
  });

  it("give no ratio to a missing entrant", () => {
    expect(ratios(times, "ours", "no one")).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("a comparison", () => {
  it("is the median ratio of the rounds, with what everyone took beside the first", () => {
    const figures = compare("warm", times, [
      { title: "ours / theirs", entrant: "ours", base: "theirs", goal: { most: 1.2 } },
      { title: "theirs / ours", entrant: "theirs", base: "ours" },
    ]);
    expect(figures.map(({ title, goal }) => ({ title, goal }))).toEqual([
      { title: "ours / theirs", goal: { most: 1.2 } },
      { title: "theirs / ours", goal: undefined },
    ]);
    expect(figures[0]?.value).toBeCloseTo(1.3);
    expect(figures[0]?.entries).toEqual([
      { contestant: "ours", measured: { p25: 11.5, median: 12, p75: 19 }, unit: "µs" },
      { contestant: "theirs", measured: { p25: 9.5, median: 10, p75: 15 }, unit: "µs" },
    ]);
    expect(figures[1]?.entries).toEqual([]);
  });
});
