import { describe, expect, it } from "vitest";
import {
  deadPortSeconds,
  redisHealthCheckSchema,
  stallSeconds,
} from "../../../stacks/config/redis-health-schema.ts";

/** All combinations of the minimum and maximum of each field. */
const ends = [15, 30].flatMap((interval) =>
  [20, 60].flatMap((timeout) => [9, 10].map((retries) => ({ interval, timeout, retries }))),
);

describe("the health check of Redis", () => {
  it("tolerates a stall of 350 s and detects a closed port within 150 s by default", () => {
    const usual = redisHealthCheckSchema.parse({});
    expect(stallSeconds(usual)).toBe(350);
    expect(deadPortSeconds(usual)).toBe(150);
  });

  it.each(ends)("tolerates a stall of five minutes with %j", (times) => {
    const parsed = redisHealthCheckSchema.parse(times);
    expect(stallSeconds(parsed)).toBeGreaterThanOrEqual(300);
    expect(deadPortSeconds(parsed)).toBeLessThanOrEqual(300);
  });

  it("refuses values outside of the ranges", () => {
    const beyond = [
      { interval: 14 },
      { interval: 31 },
      { timeout: 19 },
      { timeout: 61 },
      { retries: 8 },
    ];
    for (const times of beyond) expect(redisHealthCheckSchema.safeParse(times).success).toBe(false);
  });
});
