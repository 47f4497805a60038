import { expect, it, onTestFinished, vi } from "vitest";
import { EcsEvents, type EcsEventOf } from "../../../../harness/ecs/base/events.ts";
import { TargetGroup } from "../../../../harness/ecs/balancing/target-group.ts";

/** A group without health checks, with one target. */
function groupOfOne(deregistrationDelay: number) {
  const healthCheck = {
    enabled: false,
    path: "/",
    interval: 5,
    timeout: 1,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: "200",
  };
  const events = new EcsEvents();
  const seen: EcsEventOf<"target">[] = [];
  events.on("target", (event) => seen.push(event));
  const group = new TargetGroup(
    { address: "g", name: "g", deregistrationDelay, healthCheck },
    events,
  );
  group.register("task", "app", "127.0.0.1", 1);
  onTestFinished(() => group.close());
  return { group, seen };
}

function useFakeClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

it("a target is healthy at once if the health check is disabled", async () => {
  const { group } = groupOfOne(0);
  expect(group.stateOf("task")).toBe("healthy");
  await group.deregister("another");
  await group.deregister("task");
  expect(group.targets).toEqual([]);
});

it("an idle target drains for a sixtieth of the deregistration delay, and says so", async () => {
  useFakeClock();
  const { group, seen } = groupOfOne(300);
  const deregistered = group.deregister("task");
  await vi.advanceTimersByTimeAsync(4900);
  expect(group.stateOf("task")).toBe("draining");
  expect(seen.at(-1)?.reason).toContain("5 s here are 300 s in AWS");
  await vi.advanceTimersByTimeAsync(100);
  await deregistered;
  expect(group.targets).toEqual([]);
});

it("a request in flight has the whole deregistration delay", async () => {
  useFakeClock();
  const { group } = groupOfOne(300);
  const target = group.next();
  if (target) target.inFlight += 1;
  const deregistered = group.deregister("task");
  await vi.advanceTimersByTimeAsync(299_000);
  expect(group.stateOf("task")).toBe("draining");
  await vi.advanceTimersByTimeAsync(1000);
  await deregistered;
  expect(group.targets).toEqual([]);
});
