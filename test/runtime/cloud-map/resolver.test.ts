import { describe, expect, it } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { createCloudMapResolver, pausing } from "../../../runtime/src/cloud-map/resolver.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { collectGarbage } from "../support/garbage.ts";

const MINUTE = 60_000;

function errorNamed(name: string): Error {
  return Object.assign(new Error("Rate exceeded"), { name });
}

/** Makes a call every 100 ms for a minute, with these outcomes. @returns the times of the calls that reached the API */
async function callsOf(outcomes: (call: number) => Error | undefined, random = () => 0.5) {
  const clock = new VirtualClock();
  const calls: number[] = [];
  const seen = new Set<string>();
  const discover = async (): Promise<[]> => {
    calls.push(clock.now());
    const error = outcomes(calls.length);
    if (error !== undefined) throw error;
    return [];
  };
  const call = pausing(discover, clock, random);
  const service = { service: "redis", namespace: "dev-ecs" };
  while (clock.now() < MINUTE) {
    await call(service, new Lifetime()).catch((error: unknown) => seen.add(String(error)));
    clock.skip(100);
  }
  return { calls, seen };
}

describe("the pause after throttling", () => {
  it.each(["RequestLimitExceeded", "ThrottlingException", "Throttling"])(
    "is from 1 to 6 s after %s, differs between processes, and calls get the same error meanwhile",
    async (name) => {
      const shortest = await callsOf(
        () => errorNamed(name),
        () => 0,
      );
      const longest = await callsOf(
        () => errorNamed(name),
        () => 0.9999,
      );
      expect(shortest.calls.slice(0, 3)).toEqual([0, 1_000, 2_000]);
      expect(longest.calls.slice(0, 3)).toEqual([0, 6_000, 12_000]);
      expect(longest.seen).toEqual(new Set([`${name}: Rate exceeded`]));
    },
  );

  it("does not follow other errors", async () => {
    const { calls } = await callsOf(() => errorNamed("AccessDeniedException"));
    expect(calls).toHaveLength(MINUTE / 100);
  });

  it("reduces the calls of a resolver that is asked once a second", async () => {
    const clock = new VirtualClock();
    let calls = 0;
    const resolver = createCloudMapResolver({
      discover: () => {
        calls++;
        return Promise.reject(errorNamed("RequestLimitExceeded"));
      },
      load: () => Promise.resolve(),
      onFailure: () => {},
      given: {},
      clock,
      random: () => 0.5,
    });
    const failures: unknown[] = [];
    for (let second = 0; second < 60; second++) {
      resolver.resolve("dev-redis.dev-ecs").catch((error: unknown) => failures.push(error));
      await clock.advance(1_000);
    }
    expect(calls).toBeLessThanOrEqual(20);
    expect(failures).toHaveLength(60);
    for (const error of failures) {
      expect(error).toBeInstanceOf(SrvDialError);
      expect(error).toMatchObject({
        code: "ERR_SRV_RESOLVE",
        message: expect.stringContaining("RequestLimitExceeded") as string,
      });
    }
  });
});

it("remembers the last 1000 services, and no others that no one asks for", async () => {
  const asked: string[] = [];
  const resolver = createCloudMapResolver({
    discover: async ({ service }) => {
      asked.push(service);
      return [];
    },
    load: () => Promise.resolve(),
    onFailure: () => {},
    given: { namespace: "dev-ecs" },
    clock: new VirtualClock(),
    random: () => 0.5,
  });
  for (let at = 0; at < 1_001; at++) await resolver.resolve(`service-${at}`);
  asked.length = 0;
  await collectGarbage();
  await resolver.resolve("service-1");
  await resolver.resolve("service-0");
  expect(asked).toEqual(["service-0"]);
});
