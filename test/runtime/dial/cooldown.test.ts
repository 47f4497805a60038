import { describe, expect, it } from "vitest";

import { Cooldown } from "../../../runtime/src/dial/order.ts";
import type { SrvTarget } from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

function target(host: string, port = 6379): SrvTarget {
  return { host, port, priority: 1, weight: 1, ttl: 10 };
}

function createCooldown(duration = 1_000) {
  const clock = new VirtualClock();
  return { clock, cooldown: new Cooldown(duration, clock) };
}

const [A, B, C] = [target("a"), target("b"), target("c")] as const;

describe("Cooldown", () => {
  it("gives the same list while nothing failed", () => {
    const { cooldown } = createCooldown();
    const targets = [A, B, C];
    expect(cooldown.failedLast(targets)).toBe(targets);
  });

  it("moves failed targets to the end, and keeps the order otherwise", () => {
    const { cooldown } = createCooldown();
    cooldown.failed(B);
    cooldown.failed(A);
    expect(cooldown.failedLast([A, B, C])).toEqual([C, A, B]);
  });

  it("leaves none out if all have failed", () => {
    const { cooldown } = createCooldown();
    for (const each of [C, A, B]) cooldown.failed(each);
    expect(cooldown.failedLast([A, B, C])).toEqual([A, B, C]);
  });

  it("ends after its duration, and not before", () => {
    const { clock, cooldown } = createCooldown(1_000);
    cooldown.failed(A);
    clock.skip(999);
    expect(cooldown.failedLast([A, B])).toEqual([B, A]);
    clock.skip(1);
    expect(cooldown.failedLast([A, B])).toEqual([A, B]);
  });

  it("counts from the latest failure", () => {
    const { clock, cooldown } = createCooldown(1_000);
    cooldown.failed(A);
    clock.skip(900);
    cooldown.failed(A);
    clock.skip(900);
    expect(cooldown.failedLast([A, B])).toEqual([B, A]);
  });

  it("ends immediately after a success", () => {
    const { cooldown } = createCooldown();
    cooldown.failed(A);
    cooldown.succeeded(A);
    expect(cooldown.failedLast([A, B])).toEqual([A, B]);
  });

  it("distinguishes the ports of a host, and ignores the host's case", () => {
    const { cooldown } = createCooldown();
    cooldown.failed({ host: "HOST", port: 1 });
    const [first, second] = [target("host", 1), target("host", 2)];
    expect(cooldown.failedLast([first, second])).toEqual([second, first]);
  });

  it("does nothing with a duration of 0", () => {
    const { cooldown } = createCooldown(0);
    cooldown.failed(A);
    expect(cooldown.failedLast([A, B])).toEqual([A, B]);
  });
});
