import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { describe, expect, it } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { createCloudMapResolver, pausing } from "../../../runtime/src/cloud-map/resolver.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

const MINUTE = 60_000;

function errorNamed(name: string): Error {
  return Object.assign(new Error("Rate exceeded"), { name });
}

const throttled = (): Error => errorNamed("Throttling");

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
    "doubles from 1 s to 4 s while the API says %s",
    async (name) => {
      const { calls, seen } = await callsOf(() => errorNamed(name));
      expect(calls.slice(0, 5)).toEqual([0, 1_000, 3_000, 7_000, 11_000]);
      // Calls during the pause get the same error at once.
      expect(seen).toEqual(new Set([`${name}: Rate exceeded`]));
    },
  );

  it("differs between processes by as much as the pause is long", async () => {
    const { calls } = await callsOf(throttled, () => 0);
    const others = await callsOf(throttled, () => 0.999);
    expect([calls[1], others.calls[1]]).toEqual([500, 1_500]);
  });

  it("starts again with the shortest after a successful call", async () => {
    const { calls } = await callsOf((call) =>
      call === 3 ? undefined : errorNamed("RequestLimitExceeded"),
    );
    // The third call succeeds; the fourth, right after it, does not.
    expect(calls.slice(0, 6)).toEqual([0, 1_000, 3_000, 3_100, 4_100, 6_100]);
  });

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
      given: {},
      clock,
      random: () => 0.5,
    });
    const failures: unknown[] = [];
    for (let second = 0; second < 60; second++) {
      resolver.resolve("dev-redis.dev-ecs").catch((error: unknown) => failures.push(error));
      await clock.advance(1_000);
    }
    expect(calls).toBeLessThanOrEqual(17);
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

/** As with the option --expose-gc. Weak references hold until the end of the job. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let times = 0; times < 4; times++) {
    await new Promise(setImmediate);
    collect();
  }
}
