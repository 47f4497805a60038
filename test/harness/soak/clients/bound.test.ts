import { Redis } from "ioredis";
import { createRedis } from "srv-dialer/ioredis";
import { describe, expect, it } from "vitest";
import { boundOf } from "../../../../harness/soak/clients/bound.ts";

const retryStrategy = (times: number): number => times * 100;

describe("the bound of a command", () => {
  it("is its timeout plus the lateness of timers", () => {
    expect(boundOf({ commandTimeout: 1_500 })).toBe(6_500);
  });

  it("without a timeout is a pause and an attempt per retry, plus one", () => {
    const bound = boundOf({ maxRetriesPerRequest: 2, connectTimeout: 1_000, retryStrategy });
    expect(bound).toBe(5_000 + 3 * 1_000 + 100 + 200 + 300);
  });

  it("is short if the client does not reconnect", () => {
    expect(boundOf({ maxRetriesPerRequest: 20, retryStrategy: () => null })).toBe(5_000);
  });

  it("is infinite without a limit of retries", () => {
    expect(boundOf({ maxRetriesPerRequest: null, retryStrategy: () => 1 })).toBe(Infinity);
  });

  it("of a client from createRedis is the README's 71 s", () => {
    const redis: Redis = createRedis("redis+srv://dev-redis.dev-ecs", { lazyConnect: true });
    const waits = boundOf(redis.options) - boundOf({ commandTimeout: 0 });
    redis.disconnect();
    expect(waits).toBeGreaterThan(70_000);
    expect(waits).toBeLessThan(71_000);
  });
});
