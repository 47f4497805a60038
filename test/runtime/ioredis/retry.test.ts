import { describe, expect, it } from "vitest";

import { retryDefaults } from "../../../runtime/src/ioredis/retry.ts";

const maxLoadingRetryTime = 1_000;

/** The pauses before the next dial in ms, after each of so many failures. */
function pauses(failures: number): number[] {
  const { retryStrategy } = retryDefaults({}, {});
  return Array.from({ length: failures }, (_, index) => Number(retryStrategy?.(index + 1)));
}

describe("the options of ioredis that createRedis sets", () => {
  it("are, with a deadline of 10 s, six retries for a command", () => {
    const { retryStrategy: _, ...others } = retryDefaults({}, {});
    expect(others).toEqual({ maxRetriesPerRequest: 6, maxLoadingRetryTime });
  });

  it("are short pauses, and a second if a hundred dials in a row have failed at once", () => {
    const all = pauses(200);
    expect(new Set(all.slice(0, 11))).toEqual(new Set([110]));
    expect(all).toEqual(all.toSorted((one, other) => one - other));
    expect(new Set(all.slice(100))).toEqual(new Set([1_000]));
  });

  it.each([
    ["neither", {}, {}, 10_000],
    ["connectTimeout", { connectTimeout: 300 }, {}, 300],
    ["timeout", {}, { timeout: 1_000 }, 1_000],
    ["the smaller of both", { connectTimeout: 2_000 }, { timeout: 3_000 }, 2_000],
    ["timeout, without connectTimeout", { connectTimeout: 0 }, { timeout: 30_000 }, 30_000],
    ["the default, without connectTimeout", { connectTimeout: 0 }, {}, 10_000],
  ])(
    "let a command wait a minute after the first dial, and at most one dial longer: deadline of %s",
    (_, client, dialer, deadline) => {
      const retries = Number(retryDefaults(client, dialer).maxRetriesPerRequest);
      // It fails when the dial of the last retry has failed.
      const waits = pauses(retries).reduce((sum, pause) => sum + pause + deadline, 0);
      expect(waits).toBeGreaterThanOrEqual(60_000);
      expect(waits).toBeLessThan(60_000 + 1_000 + deadline);
    },
  );

  it("leave the pace to ioredis if dials do not wait", () => {
    expect(retryDefaults({}, { wait: false })).toEqual({ maxLoadingRetryTime });
  });

  it("refuse an invalid connectTimeout", () => {
    expect(() => retryDefaults({ connectTimeout: -1 }, {})).toThrow(/^Invalid connectTimeout/);
  });
});
