import { describe, expect, it } from "vitest";

import { retryDefaults } from "../../../runtime/src/ioredis/retry.ts";

const maxLoadingRetryTime = 1_000;

describe("the options of ioredis that createRedis sets", () => {
  it("are a short pause between two dials that wait", () => {
    const { retryStrategy, ...others } = retryDefaults({}, {});
    for (const times of [1, 100, 1e9]) expect(retryStrategy?.(times)).toBe(110);
    expect(others).toEqual({ maxRetriesPerRequest: 6, maxLoadingRetryTime });
  });

  it.each([
    ["neither", {}, {}, 10_000],
    ["connectTimeout", { connectTimeout: 300 }, {}, 300],
    ["timeout", {}, { timeout: 1_000 }, 1_000],
    ["the smaller of both", { connectTimeout: 2_000 }, { timeout: 3_000 }, 2_000],
    ["timeout, without connectTimeout", { connectTimeout: 0 }, { timeout: 30_000 }, 30_000],
    ["the default, without connectTimeout", { connectTimeout: 0 }, {}, 10_000],
  ])(
    "let a command wait a minute, and less than two dials longer: deadline of %s",
    (_, client, dialer, deadline) => {
      const { maxRetriesPerRequest } = retryDefaults(client, dialer);
      // It fails when the dial after the last retry has failed.
      const waits = deadline + Number(maxRetriesPerRequest) * (110 + deadline);
      expect(waits).toBeGreaterThanOrEqual(60_000);
      expect(waits).toBeLessThan(60_110 + 2 * deadline);
    },
  );

  it("leave the pace to ioredis if dials do not wait", () => {
    expect(retryDefaults({}, { wait: false })).toEqual({ maxLoadingRetryTime });
  });

  it("refuse an invalid connectTimeout", () => {
    expect(() => retryDefaults({ connectTimeout: -1 }, {})).toThrow(/^Invalid connectTimeout/);
  });
});
