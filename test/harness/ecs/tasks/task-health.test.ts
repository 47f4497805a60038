import { describe, expect, it } from "vitest";
import type { HealthStatus } from "../../../../harness/ecs/base/state.ts";
import { countsForHealth, taskHealth } from "../../../../harness/ecs/tasks/task-health.ts";

const container = (health: HealthStatus, essential = true) => {
  const healthCheck = { argv: ["true"], interval: 30, timeout: 5, retries: 3, startPeriod: 0 };
  return { plan: { essential, healthCheck }, health };
};
const unchecked = { plan: { essential: true, healthCheck: undefined }, health: "UNKNOWN" } as const;

describe("taskHealth", () => {
  it.each<[HealthStatus, HealthStatus, HealthStatus]>([
    ["HEALTHY", "HEALTHY", "HEALTHY"],
    ["HEALTHY", "UNKNOWN", "UNKNOWN"],
    ["UNKNOWN", "UNHEALTHY", "UNHEALTHY"],
    ["HEALTHY", "UNHEALTHY", "UNHEALTHY"],
  ])("of %s and %s is %s", (one, other, health) => {
    expect(taskHealth([container(one), container(other)])).toBe(health);
  });

  it("ignores nonessential containers", () => {
    expect(taskHealth([container("HEALTHY"), container("UNHEALTHY", false)])).toBe("HEALTHY");
    expect(taskHealth([unchecked, container("UNHEALTHY", false)])).toBe("UNKNOWN");
  });

  it("ignores containers without a check", () => {
    expect(taskHealth([container("HEALTHY"), unchecked])).toBe("HEALTHY");
    expect(taskHealth([unchecked])).toBe("UNKNOWN");
    expect(countsForHealth(unchecked.plan)).toBe(false);
  });
});
