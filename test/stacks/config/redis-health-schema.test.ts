import { describe, expect, it } from "vitest";
import {
  deadPortSeconds,
  redisHealthCheckSchema,
  stallSeconds,
} from "../../../stacks/config/redis-health-schema.ts";

/** The least and the most that is allowed of each. */
const ends = [15, 30].flatMap((interval) =>
  [20, 60].flatMap((timeout) => [9, 10].map((retries) => ({ interval, timeout, retries }))),
);

describe("the health check of Redis", () => {
  it("bears a stall of two minutes nearly three times, and finds a dead port in half of it", () => {
    const usual = redisHealthCheckSchema.parse({});
    expect(stallSeconds(usual)).toBe(350);
    expect(deadPortSeconds(usual)).toBe(150);
  });

  it.each(ends)("bears a stall of five minutes with what is allowed: %j", (times) => {
    const parsed = redisHealthCheckSchema.parse(times);
    expect(stallSeconds(parsed)).toBeGreaterThanOrEqual(300);
    expect(deadPortSeconds(parsed)).toBeLessThanOrEqual(300);
  });

  it("allows no more than that", () => {
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
