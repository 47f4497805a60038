import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Cooldown, interleave, orderTargets } from "../../../runtime/src/dial/order.ts";
import type { SrvTarget } from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

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
  it("gives every target once, lower priority values first, in a new list", () => {
    fc.assert(
      fc.property(targetLists, randoms, (targets, random) => {
        const before = [...targets];
        const ordered = orderTargets(Object.freeze(targets), random);
        expect(ordered).not.toBe(targets);
        expect(targets).toEqual(before);
        expect(ordered).toHaveLength(targets.length);
        expect(new Set(ordered)).toEqual(new Set(targets));
        const priorities = ordered.map(({ priority }) => priority);
        expect(priorities).toEqual(priorities.toSorted((a, b) => a - b));
      }),
    );
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

  it.each([
    ["1 and 9", [1, 9], [0.1, 0.9]],
    ["10, 30 and 60", [10, 30, 60], [0.1, 0.3, 0.6]],
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
});

describe("interleave", () => {
  it.each([
    ["", ""],
    ["1.1.1.1", "1.1.1.1"],
    ["1.1.1.1 ::1", "::1 1.1.1.1"],
    ["1.1.1.1 2.2.2.2 3.3.3.3 ::1 ::2", "::1 1.1.1.1 ::2 2.2.2.2 3.3.3.3"],
    ["::1 ::2 1.1.1.1", "::1 1.1.1.1 ::2"],
  ])("makes of %j %j: IPv6 first, then alternating", (addresses, interleaved) => {
    expect(interleave(addresses.split(" ")).join(" ")).toBe(interleaved);
  });
});

const at = (host: string, address = "10.0.0.1", port = 6379) => ({ host, address, port });

function createCooldown(...failed: readonly string[]) {
  const clock = new VirtualClock();
  const cooldown = new Cooldown(clock);
  for (const host of failed) cooldown.failed(at(host, host), false);
  const order = (...targets: readonly SrvTarget[]): string =>
    cooldown
      .failedLast(targets)
      .map(({ host }) => host)
      .join("");
  return { clock, cooldown, order };
}

describe("the cooldown of what failed", () => {
  const DURATION = 5_000;
  const [A, B, C] = [target("a", 1), target("b", 1), target("c", 1)] as const;

  it("moves targets to the end, keeps the order otherwise, and leaves none out", () => {
    expect(createCooldown("b", "a").order(A, B, C)).toBe("cab");
    expect(createCooldown("c", "a", "b").order(A, B, C)).toBe("abc");
  });

  it("moves targets only within their priority", () => {
    const later = target("d", 1, 2);
    expect(createCooldown("a", "b").order(A, B, later)).toBe("abd");
    expect(createCooldown("a").order(A, B, later)).toBe("bad");
  });

  it("moves only the failed address of a target", () => {
    const { cooldown } = createCooldown();
    cooldown.failed(at("a", "::1"), false);
    expect(cooldown.inOrder(["10.0.0.1", "::1"], 6379)).toEqual(["10.0.0.1", "::1"]);
    expect(cooldown.inOrder(["10.0.0.1", "::1"], 6380)).toEqual(["::1", "10.0.0.1"]);
  });

  it("moves a target whose addresses were not found, and not one that works at another address", () => {
    const { cooldown, order } = createCooldown();
    cooldown.failed({ host: "a", address: undefined, port: 6379 }, false);
    cooldown.failed(at("b", "::1"), true, "b:6379");
    expect(order(A, B)).toBe("ba");
    expect(cooldown.inOrder(["10.0.0.1", "::1"], 6379)).toEqual(["10.0.0.1", "::1"]);
  });

  it("ends after its duration from the latest failure, and not before", () => {
    const { clock, cooldown, order } = createCooldown("a");
    clock.skip(DURATION - 100);
    cooldown.failed(at("a"), false);
    clock.skip(DURATION - 1);
    expect(order(A, B)).toBe("ba");
    clock.skip(1);
    expect(order(A, B)).toBe("ab");
  });

  it("ends immediately after a success", () => {
    const { cooldown, order } = createCooldown();
    cooldown.failed(at("a", "::1"), true);
    cooldown.succeeded(at("a", "::1"));
    expect(order(A, B)).toBe("ab");
    expect(cooldown.wasSilent(A)).toBe(false);
    expect(cooldown.inOrder(["10.0.0.1", "::1"], 6379)).toEqual(["::1", "10.0.0.1"]);
  });

  it("distinguishes the ports of a host, and ignores the host's case", () => {
    const { cooldown } = createCooldown();
    cooldown.failed(at("HOST", "10.0.0.1", 1), false);
    const [first, second] = [1, 2].map((port) => ({ ...target("host", 1), port }));
    expect([cooldown.has(first as SrvTarget), cooldown.has(second as SrvTarget)]).toEqual([
      true,
      false,
    ]);
  });
});
