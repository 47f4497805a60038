import { describe, expect, it } from "vitest";

import { Lifetime } from "../../../../runtime/src/base/time.ts";
import { VirtualClock } from "../../../../studies/simulate/virtual-clock.ts";
import { AWS } from "../../../../studies/simulate/assumptions.ts";
import { Registry } from "../../../../studies/simulate/network/registry.ts";

const SERVICE = { service: "dev-redis", namespace: "dev-ecs" };
const REDIS = { id: "one", address: "10.0.1.1", port: 40_000 };

function start(bucket = AWS.bucket) {
  const clock = new VirtualClock();
  const registry = new Registry(clock, { ...AWS, bucket });
  const call = async (): Promise<string> =>
    registry.discover(SERVICE, new Lifetime()).then(
      (found) => found.map(({ InstanceId }) => InstanceId).join(),
      (error: Error) => error.name,
    );
  return { clock, registry, call };
}

describe("the registry", () => {
  it("returns an instance from the API before DNS", async () => {
    const { clock, registry, call } = start();
    registry.set(REDIS);
    const early = call();
    await clock.advance(1_000);
    const found = call();
    await clock.advance(100);
    expect([await early, await found, registry.inDns]).toEqual(["", "one", undefined]);
    await clock.advance(4_000);
    expect(registry.inDns).toBe(REDIS);
  });

  it("throttles calls when the bucket is empty, and refills it", async () => {
    const { clock, registry, call } = start({ size: 3, refillPerSecond: 2 });
    registry.set(REDIS);
    await clock.advance(2_000);
    const first = Array.from({ length: 5 }, call);
    await clock.advance(1_000);
    const second = Array.from({ length: 5 }, call);
    await clock.advance(1_000);
    const throttled = "RequestLimitExceeded";
    expect(await Promise.all(first)).toEqual(["one", "one", "one", throttled, throttled]);
    expect(await Promise.all(second)).toEqual(["one", "one", throttled, throttled, throttled]);
    expect([registry.throttled, registry.calls.total]).toEqual([5, 10]);
  });
});
