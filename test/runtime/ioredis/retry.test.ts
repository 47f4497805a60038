import { describe, expect, it } from "vitest";

import { parseOptions } from "../../../runtime/src/dial/options.ts";
import { MAX_RETRIES_PER_REQUEST, retryDelay } from "../../../runtime/src/ioredis/retry.ts";

/** Just below 1, as Math.random's greatest. */
const MOST = 1 - Number.EPSILON;

describe("retryDelay", () => {
  it("is quick at first, with jitter, and below 10 tries a second", () => {
    for (const times of [1, 2, 45, 90]) {
      expect(retryDelay(times, () => 0)).toBe(105);
      expect(retryDelay(times, () => MOST)).toBe(130);
    }
    expect(1_000 / retryDelay(1, () => 0.5)).toBeLessThan(10);
  });

  it("finds no answer of the try before still kept, so that every try asks", () => {
    const { cache } = parseOptions("dev-redis.dev-ecs");
    const least = retryDelay(1, () => 0);
    // A timer may come a millisecond early.
    expect(least - 1).toBeGreaterThan(cache.negativeTtl);
    expect(least - 1).toBeGreaterThan(cache.minRefresh);
  });

  it("slows down later, never to more than a second", () => {
    for (const times of [91, 1_000, 1e9]) {
      expect(retryDelay(times, () => 0)).toBe(500);
      expect(retryDelay(times, () => MOST)).toBe(1_000);
    }
  });

  it("spreads clients that lost one Redis", () => {
    const delays = Array.from({ length: 200 }, () => retryDelay(1));

    expect(new Set(delays).size).toBeGreaterThan(10);
    for (const delay of delays) expect(delay).toSatisfy((ms: number) => ms >= 105 && ms <= 130);
  });

  it("gives a queued command up after about as long as ioredis 6 alone", () => {
    let total = 0;
    for (let times = 1; times <= MAX_RETRIES_PER_REQUEST; times++) {
      total += retryDelay(times, () => 0.5);
    }

    expect(total).toBeGreaterThan(70_000);
    expect(total).toBeLessThan(80_000);
  });
});
