import { assert, integer, nat, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { MOVES, SOAK_FAULTS, soakFault } from "../../../harness/soak/faults.ts";
import { scheduleOf } from "../../../harness/soak/schedule.ts";

const seeds = nat({ max: 2 ** 32 - 1 });

describe("the schedule of a seed", () => {
  it("is the same each time and is the start of a longer one", () => {
    assert(
      property(seeds, integer({ min: 1, max: 40 }), (seed, rounds) => {
        expect(scheduleOf(seed, rounds)).toEqual(scheduleOf(seed, 60).slice(0, rounds));
      }),
      { numRuns: 20 },
    );
  });

  it("has every kind of move in ten rounds, with its share", () => {
    assert(
      property(seeds, (seed) => {
        const names = scheduleOf(seed, 10).map(({ move }) => move.name);
        for (const [name, { ofTen }] of Object.entries(MOVES)) {
          expect(names.filter((each) => each === name)).toHaveLength(ofTen);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("has every fault within 100 rounds, and one per part at a time", () => {
    const rounds = scheduleOf(3, 100);
    const names = rounds.map(({ faults }) => faults.map(({ name }) => name));
    expect(new Set(names.flat())).toEqual(new Set(Object.keys(SOAK_FAULTS)));
    for (const together of names) {
      const parts = together.map((name) => soakFault(name).part);
      expect(new Set(parts).size).toBe(parts.length);
    }
  });

  it("ends every lasting fault within the round", () => {
    for (const { faults } of scheduleOf(4, 60)) {
      for (const { name, after, lasts } of faults) {
        expect(lasts > 0).toBe(soakFault(name).lasts);
        expect(after + lasts).toBeLessThan(6_000);
      }
    }
  });
});

it("neither kills a frozen Redis nor loses its host", () => {
  const killed = scheduleOf(1, 1_000).filter(({ move }) =>
    ["kill", "lose-host"].includes(move.name),
  );
  expect(killed.length).toBeGreaterThan(100);
  const names = new Set(killed.flatMap(({ faults }) => faults.map(({ name }) => name)));
  expect(names).toContain("partition");
  expect(names).not.toContain("freeze");
});
