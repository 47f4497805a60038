import { describe, expect, it } from "vitest";

import { AWS } from "../../../studies/simulate/assumptions.ts";
import { type MoveOptions, recoveryOf, simulateMove } from "../../../studies/simulate/move.ts";

/** A short outage with few dials. */
const SHORT = {
  ...AWS,
  gap: 3_000,
  propagation: { dns: 1_000, api: 500 },
  recordTtl: 2,
  soaTtl: 2,
};

function move(options: Partial<MoveOptions> = {}) {
  return simulateMove({
    clients: 10,
    perHost: 10,
    seed: 1,
    assumptions: SHORT,
    cloudMap: 0,
    pace: "own",
    prefetch: true,
    ...options,
  });
}

describe("a simulated move", () => {
  it("returns the same figures for the same seed, and other figures for another seed", async () => {
    const few = { clients: 4 };
    const [first, same] = [await move(few), await move(few)];
    const other = await move({ ...few, seed: 2 });
    expect(same).toEqual(first);
    expect(other.recovery).not.toEqual(first.recovery);
  });

  it("ends with all clients on the new Redis, at most one attempt after DNS has its record", async () => {
    const { recovery, series } = await move();
    // DNS has the record 1 s after the start, when Redis listens. NXDOMAIN has a TTL of 2 s.
    expect(recovery.all).toBeLessThanOrEqual(2_000 + 112 + 10);
    expect(series.served[0]).toBe(0);
    expect(series.served.at(-1)).toBe(1);
  });

  it("does not wait for DNS with the Cloud Map API", async () => {
    const assumptions = { ...SHORT, soaTtl: 15 };
    const both = await move({ assumptions, cloudMap: 0.5 });
    expect(both.byKind.cloudMap.all).toBeLessThan(2_000);
    expect(both.byKind.dns.all).toBeGreaterThan(5_000);
    // Five clients, each with one call per second.
    expect(both.api.peak).toBeLessThanOrEqual(10);
    expect(both.api.throttled).toBe(0);
  });

  it("spreads connects over the pause; without jitter they come at the same time", async () => {
    const redis = { ...AWS.redis, backlog: 4 };
    const assumptions = { ...SHORT, redis };
    const apart = await move({ clients: 20, perHost: 20, assumptions });
    const together = await move({ clients: 20, perHost: 20, assumptions, pace: "fixed" });
    expect(apart.connects.overflows).toBe(0);
    expect(together.connects.overflows).toBeGreaterThan(0);
    expect(together.recovery.all).toBeGreaterThan(apart.recovery.all ?? Infinity);
  });

  it("is similar if each client represents several", async () => {
    const all = await move({ clients: 60 });
    const sample = await move({ clients: 60, standsFor: 5 });
    expect(Math.abs(sample.dials / all.dials - 1)).toBeLessThan(0.05);
    expect(Math.abs(sample.dns.peak / all.dns.peak - 1)).toBeLessThan(0.1);
    expect(Math.abs((sample.recovery.half ?? 0) - (all.recovery.half ?? 0))).toBeLessThan(200);
  });
});

describe("the recovery", () => {
  it("is the time of the last client in each share", () => {
    const times = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(recoveryOf(times)).toEqual({ half: 100, most: 198, all: 200 });
    expect(recoveryOf([7])).toEqual({ half: 7, most: 7, all: 7 });
  });

  it("is unknown for a share with an unserved client", () => {
    expect(recoveryOf([1, 2, Infinity])).toEqual({ half: 2, most: null, all: null });
  });
});
