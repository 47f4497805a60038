import { assert, double, property } from "fast-check";
import { describe, expect, it } from "vitest";

import { parseOptions } from "../../../runtime/src/dial/options.ts";
import { MAX_RETRIES_PER_REQUEST, retryAtPace } from "../../../runtime/src/ioredis/retry.ts";

/** Just below 1, the maximum of Math.random. */
const MOST = 1 - Number.EPSILON;
/** All results of Math.random. */
const anyRandom = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("the pace of retries", () => {
  it("is quick at first, and the same for a whole process: 104 to 112 ms", () => {
    assert(
      property(anyRandom, (drawn) => {
        const retry = retryAtPace(() => drawn);
        const pauses = Array.from({ length: 90 }, (_, index) => retry(index + 1));
        for (const pause of pauses) {
          expect(pause).toSatisfy((ms: number) => Number.isInteger(ms) && ms >= 104 && ms <= 112);
        }
        expect(Math.max(...pauses) - Math.min(...pauses)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("stays under 10 tries a second", () => {
    const retry = retryAtPace(() => 0);
    let time = 0;
    for (let times = 1; times <= 10; times++) time += retry(times);
    expect(time).toBeGreaterThan(1_000);
  });

  it("is longer than the cache time, so that every try asks", () => {
    const { cache } = parseOptions("dev-redis.dev-ecs");
    const least = retryAtPace(() => 0)(1);
    // Node.js counts a timer from the start of the current turn, which may be some time ago.
    expect(least - 3).toBeGreaterThan(cache.negativeTtl);
    expect(least - 3).toBeGreaterThan(cache.minRefresh);
  });

  it("slows down later, with jitter, to at most a second", () => {
    for (const times of [91, 1_000, 1e9]) {
      expect(retryAtPace(() => 0)(times)).toBe(500);
      expect(retryAtPace(() => MOST)(times)).toBe(1_000);
    }
    const retry = retryAtPace();
    expect(new Set(Array.from({ length: 200 }, () => retry(91))).size).toBeGreaterThan(50);
  });

  it("finds a new record within 113 ms in 99 of 100 cases", () => {
    // The wait for a record that appears at any time during a pause, without the attempt itself.
    const retry = retryAtPace(() => MOST);
    expect(Math.max(retry(1), retry(2), retry(3)) * 0.99).toBeLessThan(113);
  });

  it("spreads 100 processes that lost Redis at the same moment over the pause in 13 tries", () => {
    const processes = Array.from({ length: 100 }, (_, index) => retryAtPace(() => index / 100));
    /** The number of processes that dial in each quarter of a pause, after this number of attempts. */
    const quartersAfter = (tries: number): number[] => {
      const counts = [0, 0, 0, 0];
      for (const retry of processes) {
        let time = 0;
        for (let times = 1; times <= tries; times++) time += retry(times);
        const quarter = Math.floor(((time % 108) / 108) * 4);
        counts[quarter] = (counts[quarter] ?? 0) + 1;
      }
      return counts;
    };
    expect(Math.max(...quartersAfter(1))).toBeGreaterThan(40);
    for (let tries = 13; tries <= 90; tries++) {
      expect(Math.max(...quartersAfter(tries))).toBeLessThan(40);
    }
  });

  it("fails a queued command after about the same time as ioredis 6 alone", () => {
    const retry = retryAtPace(() => 0.5);
    let total = 0;
    for (let times = 1; times <= MAX_RETRIES_PER_REQUEST; times++) total += retry(times);

    expect(total).toBeGreaterThan(70_000);
    expect(total).toBeLessThan(80_000);
  });
});
