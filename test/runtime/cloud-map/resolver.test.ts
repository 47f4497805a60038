import { describe, expect, it } from "vitest";

import { Lifetime } from "../../../runtime/src/base/time.ts";
import { pausing } from "../../../runtime/src/cloud-map/resolver.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

const MINUTE = 60_000;

/** Makes a call every 100 ms for a minute, which fails. @returns the times of the calls that reached the API */
async function callsOf(name: string, random = () => 0.5) {
  const clock = new VirtualClock();
  const calls: number[] = [];
  const seen = new Set<string>();
  const discover = async (): Promise<never> => {
    calls.push(clock.now());
    throw Object.assign(new Error("Rate exceeded"), { name });
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
      const shortest = await callsOf(name, () => 0);
      const longest = await callsOf(name, () => 0.9999);
      expect(shortest.calls.slice(0, 3)).toEqual([0, 1_000, 2_000]);
      expect(longest.calls.slice(0, 3)).toEqual([0, 6_000, 12_000]);
      expect(longest.seen).toEqual(new Set([`${name}: Rate exceeded`]));
    },
  );

  it("does not follow other errors", async () => {
    const { calls } = await callsOf("AccessDeniedException");
    expect(calls).toHaveLength(MINUTE / 100);
  });
});
