import { describe, expect, it } from "vitest";
import { Condition } from "../../../../harness/ecs/base/condition.ts";
import type { ContainerPlan } from "../../../../harness/ecs/terraform/plan/plan.ts";
import { containerDefinition } from "../../../../harness/ecs/terraform/plan/container-definition.ts";
import {
  startContainers,
  stopContainers,
  type OrderedContainer,
} from "../../../../harness/ecs/tasks/container-order.ts";

type Fake = { -readonly [Key in keyof OrderedContainer]: OrderedContainer[Key] };

/** A task of fake containers, and a log of their starts and stops. */
function task(...definitions: object[]) {
  const changed = new Condition();
  const log: string[] = [];
  const containers = definitions.map((definition): Fake => {
    const parsed = containerDefinition.parse({ image: "x", ...definition });
    const plan: ContainerPlan = { ...parsed, environment: {}, secrets: [], mounts: [] };
    const container: Fake = {
      plan,
      status: "PENDING",
      health: "UNKNOWN",
      exitCode: undefined,
      start: async () => {
        log.push(`start ${plan.name}`);
        container.status = "RUNNING";
        changed.notify();
      },
      stop: async () => {
        log.push(`stop ${plan.name}`);
        await Promise.resolve();
        log.push(`stopped ${plan.name}`);
      },
    };
    return container;
  });
  const set = (name: string, change: Partial<Fake>): void => {
    const container = containers.find(({ plan }) => plan.name === name);
    if (container) Object.assign(container, change);
    changed.notify();
  };
  const abort = new AbortController();
  const starting = startContainers(containers, changed, abort.signal);
  starting.catch(() => {});
  return { containers, log, set, starting, abort };
}

const after = (containerName: string, condition: string): object => ({
  dependsOn: [{ containerName, condition }],
});

/** Runs all pending callbacks. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("startContainers", () => {
  it("starts a container after the one it depends on has started", async () => {
    const { log, starting } = task({ name: "b", ...after("a", "START") }, { name: "a" });
    await starting;
    expect(log).toEqual(["start a", "start b"]);
  });

  it("starts a container after the one that it links to, and stops it first", async () => {
    const linked = task({ name: "b", links: ["a:cache"] }, { name: "a" });
    await linked.starting;
    expect(linked.log).toEqual(["start a", "start b"]);
    linked.log.length = 0;
    await stopContainers(linked.containers);
    expect(linked.log).toEqual(["stop b", "stopped b", "stop a", "stopped a"]);
  });

  it.each([
    ["COMPLETE", { status: "STOPPED", exitCode: 1 }],
    ["SUCCESS", { status: "STOPPED", exitCode: 0 }],
    ["HEALTHY", { health: "HEALTHY" }],
  ] as const)("waits for %s", async (condition, change) => {
    const healthCheck = { command: ["CMD", "x"] };
    const { log, set, starting } = task(
      { name: "a", healthCheck },
      { name: "b", ...after("a", condition) },
    );
    await settle();
    expect(log).toEqual(["start a"]);
    set("a", change);
    await starting;
    expect(log).toEqual(["start a", "start b"]);
  });

  it.each([
    ["SUCCESS", { status: "STOPPED", exitCode: 1 }],
    ["HEALTHY", { health: "UNHEALTHY" }],
    ["HEALTHY", { status: "STOPPED" }],
  ] as const)("fails if %s is no longer possible", async (condition, change) => {
    const { set, starting } = task({ name: "a" }, { name: "b", ...after("a", condition) });
    set("a", change);
    await expect(starting).rejects.toThrow(`"b" needs "a" to be ${condition}`);
  });

  it("starts no container after an abort", async () => {
    const { log, abort, starting } = task({ name: "a" }, { name: "b", ...after("a", "COMPLETE") });
    await settle();
    abort.abort();
    await starting;
    expect(log).toEqual(["start a"]);
  });
});

describe("stopContainers", () => {
  it("stops a container after those that depend on it", async () => {
    const { containers, log, starting } = task(
      { name: "a" },
      { name: "b", ...after("a", "START") },
      { name: "c", ...after("b", "START") },
    );
    await starting;
    log.length = 0;
    await stopContainers(containers);
    expect(log).toEqual(["stop c", "stopped c", "stop b", "stopped b", "stop a", "stopped a"]);
  });
});
