import { Redis } from "ioredis";
import { createRedis } from "srv-dialer/ioredis";
import { describe, expect, it } from "vitest";
import { boundOf } from "../../../../harness/soak/clients/bound.ts";

const retryStrategy = (times: number): number => times * 100;

describe("the bound of a command", () => {
  it("is its timeout, and what timers may be late", () => {
    expect(boundOf({ commandTimeout: 1_500 })).toBe(6_500);
  });

  it("without a timeout is a pause and an attempt for each retry, and one more", () => {
    const bound = boundOf({ maxRetriesPerRequest: 2, connectTimeout: 1_000, retryStrategy });
    expect(bound).toBe(5_000 + 3 * 1_000 + 100 + 200 + 300);
  });

  it("is short where a client does not connect again", () => {
    expect(boundOf({ maxRetriesPerRequest: 20, retryStrategy: () => null })).toBe(5_000);
  });

  it("is none without a limit of retries", () => {
    expect(boundOf({ maxRetriesPerRequest: null, retryStrategy: () => 1 })).toBe(Infinity);
  });

  it("of a client as createRedis makes it is half an hour, as its README says", () => {
    const redis: Redis = createRedis("redis+srv://dev-redis.dev-ecs", { lazyConnect: true });
    const minutes = boundOf(redis.options) / 60_000;
    redis.disconnect();
    expect(minutes).toBeGreaterThan(28);
    expect(minutes).toBeLessThan(34);
  });
});
