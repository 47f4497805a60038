import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { orderTargets } from "../../../runtime/src/dial/order.ts";
import type { SrvTarget } from "../../../runtime/src/base/types.ts";

function target(host: string, weight: number, priority = 1): SrvTarget {
  return { host, port: 6379, priority, weight, ttl: 10 };
}

/** A seeded random generator (mulberry32), so that each run has the same numbers. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The share of draws in which each target is first. */
function firstShares(
  targets: readonly SrvTarget[],
  draws = DRAWS,
  random = seeded(1),
): Record<string, number> {
  const shares: Record<string, number> = {};
  for (let draw = 0; draw < draws; draw++) {
    const host = orderTargets(targets, random)[0]?.host ?? "none";
    shares[host] = (shares[host] ?? 0) + 1 / draws;
  }
  return shares;
}

const DRAWS = 5_000;

/** Whether a share is within five standard deviations of the expected one. */
function isShareOf(expected: number): (share: number) => boolean {
  const deviation = Math.sqrt((expected * (1 - expected)) / DRAWS);
  return (share) => Math.abs(share - expected) < 5 * deviation;
}

const targetLists = fc.array(
  fc.record({
    host: fc.stringMatching(/^[a-z]{1,3}$/),
    port: fc.integer({ min: 1, max: 65_535 }),
    priority: fc.integer({ min: 0, max: 3 }),
    weight: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65_535 })),
    ttl: fc.constant(10),
  }),
  { maxLength: 20 },
);
/** All numbers that `random` may return, including both ends. */
const randoms = fc.oneof(
  fc.constant(() => 0),
  fc.constant(() => 1 - 2 ** -53),
  fc.integer().map(seeded),
);

describe("orderTargets", () => {
  it("gives every target once, for all random numbers", () => {
    fc.assert(
      fc.property(targetLists, randoms, (targets, random) => {
        const ordered = orderTargets(targets, random);
        expect(ordered).toHaveLength(targets.length);
        expect(new Set(ordered)).toEqual(new Set(targets));
      }),
    );
  });

  it("puts lower priority values first", () => {
    fc.assert(
      fc.property(targetLists, randoms, (targets, random) => {
        const priorities = orderTargets(targets, random).map(({ priority }) => priority);
        expect(priorities).toEqual(priorities.toSorted((a, b) => a - b));
      }),
    );
  });

  it("does not change the given list", () => {
    fc.assert(
      fc.property(targetLists, randoms, (targets, random) => {
        const before = [...targets];
        expect(orderTargets(Object.freeze(targets), random)).not.toBe(targets);
        expect(targets).toEqual(before);
      }),
    );
  });

  it("draws the first of a priority in proportion to the weights", () => {
    const shares = firstShares([target("a", 10), target("b", 30), target("c", 60)]);
    expect(shares["a"]).toBeCloseTo(0.1, 1.3);
    expect(shares["b"]).toBeCloseTo(0.3, 1.3);
    expect(shares["c"]).toBeCloseTo(0.6, 1.3);
  });

  it("draws the second in proportion to the weights that are left", () => {
    const random = seeded(7);
    const targets = [target("a", 10), target("b", 30), target("c", 60)];
    const afterC = Array.from({ length: DRAWS }, () => orderTargets(targets, random))
      .filter(([first]) => first?.host === "c")
      .map(([, second]) => second?.host);
    const share = afterC.filter((host) => host === "b").length / afterC.length;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
  });

  it.each([
    ["zero", 0],
    ["one", 1],
    ["the most", 65_535],
  ])("gives equal chances if all weights are %s, regardless of the server's order", (_, weight) => {
    const targets = ["a", "b", "c", "d"].map((host) => target(host, weight));
    for (const order of [targets, targets.toReversed()]) {
      const shares = firstShares(order);
      for (const { host } of targets) {
        expect(shares[host]).toBeGreaterThan(0.23);
        expect(shares[host]).toBeLessThan(0.27);
      }
    }
  });

  it("draws by weight / sum, for all weights", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 }),
        fc.integer(),
        (weights, seed) => {
          const targets = weights.map((weight, index) => target(`h${index}`, weight));
          const shares = firstShares(targets, DRAWS, seeded(seed));
          const sum = weights.reduce((total, weight) => total + weight, 0);
          for (const { host, weight } of targets) {
            expect(shares[host] ?? 0).toSatisfy(isShareOf(weight / sum));
          }
        },
      ),
      { numRuns: 10, seed: 1 },
    );
  });

  it.each([
    ["1 and 9", [1, 9], [0.1, 0.9]],
    ["0 and 1", [0, 1], [0.01, 0.99]],
    ["0 and 65535", [0, 65_535], [0.01, 0.99]],
    ["0, 0 and 5", [0, 0, 5], [0.005, 0.005, 0.99]],
  ])("gives %s the chances that RFC 2782 intends", (_which, weights, expected) => {
    const targets = weights.map((weight, index) => target(`h${index}`, weight));
    const shares = firstShares(targets, DRAWS);
    for (const [index, share] of expected.entries()) {
      expect(shares[`h${index}`] ?? 0).toSatisfy(isShareOf(share));
    }
  });

  it("draws 1,000 targets in proportion to their weights, also after the first place", () => {
    const targets = Array.from({ length: 1_000 }, (_, index) =>
      target(`h${index}`, 1 + (index % 4)),
    );
    const random = seeded(3);
    const weights = Array.from({ length: 50 }, () => orderTargets(targets, random))
      .map((drawn) => drawn.slice(0, 100))
      .flatMap((drawn) => drawn.map(({ weight }) => weight));
    // The shares among the first hundred are nearly weight / 10. The heavy ones that are left become fewer.
    const shares = [1, 2, 3, 4].map(
      (weight) => weights.filter((each) => each === weight).length / 5_000,
    );
    for (const [index, share] of [0.104, 0.204, 0.3, 0.392].entries()) {
      expect(Math.abs((shares[index] ?? 0) - share)).toBeLessThan(0.025);
    }
  });

  it.each([
    [0.009_999, "weightless"],
    [0.01, "weighted"],
  ])("gives weight 0 one random number in a hundred: %d draws the %s", (random, first) => {
    const targets = [target("weightless", 0), target("weighted", 1)];
    expect(orderTargets(targets, () => random)[0]?.host).toBe(first);
  });

  it("uses Math.random by default", () => {
    const targets = Array.from({ length: 50 }, (_, index) => target(`h${index}`, 1));
    expect(new Set(orderTargets(targets))).toEqual(new Set(targets));
  });
});
