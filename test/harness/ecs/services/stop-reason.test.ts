import { expect, it } from "vitest";
import type { TargetState } from "../../../../harness/ecs/base/state.ts";
import { stopReason } from "../../../../harness/ecs/services/stop-reason.ts";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template } from "../fixture/template.ts";

const { plan } = await readTemplate(template(), { parameters: {}, drawn: new Map() });
const { services, targetGroups } = plan;
const app = services.find(({ name }) => name === "test-app");

it.each([
  ["scaled", "HEALTHY", "Scaling activity initiated by (deployment ecs-svc/1)"],
  ["unhealthy", "UNHEALTHY", "Task failed container health checks"],
  ["unhealthy", "UNKNOWN", "Task failed ELB health checks in (target-group test-app)"],
] as const)("a task that is %s, and %s, has the stop reason of ECS", (why, health, expected) => {
  if (!app) throw new Error("there is no app");
  const state: TargetState["state"] = "unhealthy";
  const groups = [...targetGroups.values()].map(
    (group) => [group.address, { plan: group, stateOf: () => state }] as const,
  );
  const context = { deploymentId: "ecs-svc/1" };
  expect(stopReason(why, { id: "t1", health, context }, app, new Map(groups))).toBe(expected);
});
