import { describe, expect, it } from "vitest";

import { AWS } from "../../../studies/simulate/assumptions.ts";
import type { FleetOptions } from "../../../studies/simulate/fleet.ts";
import { recoveryOf, simulateMove } from "../../../studies/simulate/move.ts";

/** A short outage with few dials. */
const SHORT = {
  ...AWS,
  gap: 3_000,
  propagation: { dns: 1_000, api: 500 },
  recordTtl: 2,
  soaTtl: 2,
};

function move(options: Partial<FleetOptions> = {}) {
  return simulateMove({
    clients: 10,
    perHost: 10,
    seed: 1,
    assumptions: SHORT,
    cloudMap: false,
    pace: "own",
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
    const { recovery } = await move();
    // DNS has the record 1 s after the start, when Redis listens. NXDOMAIN has a TTL of 2 s.
    expect(recovery.all).toBeLessThanOrEqual(2_000 + 112 + 10);
  });

  it("does not wait for DNS with the Cloud Map API", async () => {
    const assumptions = { ...SHORT, soaTtl: 15 };
    const cloudMap = await move({ clients: 5, assumptions, cloudMap: true });
    expect(cloudMap.recovery.all).toBeLessThan(2_000);
    // Five clients, each with one call per second.
    expect(cloudMap.api.peak).toBeLessThanOrEqual(10);
    expect(cloudMap.api.throttled).toBe(0);
    const dns = await move({ clients: 5, assumptions });
    expect(dns.recovery.all).toBeGreaterThan(5_000);
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
