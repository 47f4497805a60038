import { describe, expect, it } from "vitest";
import { now } from "../../../../harness/ecs/base/events.ts";
import { verdictOn } from "../../../../harness/ecs/services/verdict.ts";
import type { Task } from "../../../../harness/ecs/tasks/task.ts";
import type { TargetGroup } from "../../../../harness/ecs/balancing/target-group.ts";

interface Given {
  readonly ranFor: number;
  readonly speed?: number;
  readonly health?: "HEALTHY" | "UNKNOWN" | "UNHEALTHY";
  readonly target?: "initial" | "healthy" | "unhealthy";
  readonly healthCheckGracePeriod?: number;
}

/** The verdict on a task that has run for a time. */
function verdict({ ranFor, speed = 1, health, target, healthCheckGracePeriod = 0 }: Given) {
  const task = {
    id: "task",
    status: "RUNNING",
    startedAt: now() - ranFor,
    hasHealthCheck: health !== undefined,
    health: health ?? "UNKNOWN",
  } as Task;
  const group = { stateOf: () => target } as unknown as TargetGroup;
  const targets = target ? [{ address: "group", containerName: "app", containerPort: 80 }] : [];
  const checks = { targetGroups: new Map([["group", group]]), speed };
  return verdictOn(task, { targets, healthCheckGracePeriod }, checks);
}

describe("a running task", () => {
  it.each<[string, Given, string]>([
    ["without any check is new for 40 s", { ranFor: 39_000 }, "new"],
    ["without any check is healthy after 40 s", { ranFor: 40_001 }, "good"],
    ["without any check is new for less time at a speed", { ranFor: 600, speed: 60 }, "new"],
    ["without any check is healthy sooner at a speed", { ranFor: 700, speed: 60 }, "good"],
    ["is new until its container's check passes", { ranFor: 90_000, health: "UNKNOWN" }, "new"],
    ["is healthy at once when its check passes", { ranFor: 1, health: "HEALTHY" }, "good"],
    ["is new until its target is healthy", { ranFor: 90_000, target: "initial" }, "new"],
    ["is healthy at once when its target is", { ranFor: 1, target: "healthy" }, "good"],
    ["needs both", { ranFor: 90_000, health: "HEALTHY", target: "initial" }, "new"],
    ["is bad when a check fails", { ranFor: 1, health: "UNHEALTHY" }, "bad"],
    [
      "is new when a check fails in the grace period",
      { ranFor: 9_000, target: "unhealthy", healthCheckGracePeriod: 10 },
      "new",
    ],
  ])("%s", (_, given, expected) => expect(verdict(given)).toBe(expected));
});
