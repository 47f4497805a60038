import { expect, it } from "vitest";
import { EcsEvents } from "../../../../harness/ecs/base/events.ts";
import { TargetGroup } from "../../../../harness/ecs/balancing/target-group.ts";

it("a target is healthy at once if the health check is disabled", async () => {
  const healthCheck = {
    enabled: false,
    path: "/",
    interval: 5,
    timeout: 1,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: "200",
  };
  const plan = { address: "g", name: "g", deregistrationDelay: 0, healthCheck };
  const group = new TargetGroup(plan, new EcsEvents());
  group.register("task", "app", "127.0.0.1", 1);
  expect(group.stateOf("task")).toBe("healthy");
  await group.deregister("another");
  await group.deregister("task");
  expect(group.targets).toEqual([]);
  group.close();
});
