import { describe, expect, it, onTestFinished, vi } from "vitest";
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
      startedAt: undefined,
      start: async () => {
        log.push(`start ${plan.name}`);
        container.status = "RUNNING";
        container.startedAt = performance.now();
        changed.notify();
      },
      giveUp: ({ message }) => {
        log.push(message);
        container.status = "STOPPED";
        container.exitCode = 143;
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

function useFakeClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

describe("startContainers", () => {
  it.each([
    ["that it links to", { links: ["a:cache"] }],
    ["whose volumes it has", { volumesFrom: [{ sourceContainer: "a" }] }],
  ])("starts a container after the one %s, and stops it first", async (_what, needs) => {
    const linked = task({ name: "b", ...needs }, { name: "a" });
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

  it("gives a container up if SUCCESS is no longer possible, and those after it", async () => {
    const { log, set, starting } = task(
      { name: "c", ...after("b", "START") },
      { name: "b", ...after("a", "SUCCESS") },
      { name: "a" },
      { name: "other" },
    );
    set("a", { status: "STOPPED", exitCode: 1 });
    await starting;
    const ordering = "container ordering dependency";
    expect(log).toEqual([
      "start a",
      "start other",
      `dependency graph: failed to resolve ${ordering} [a] for target [b] as dependency did not exit successfully`,
      `dependency graph: failed to resolve ${ordering} [b] for target [c] because dependency will never start`,
    ]);
  });

  it.each(["START", "COMPLETE", "SUCCESS", "HEALTHY"])(
    "never counts %s as met by a container that could not be started",
    async (condition) => {
      const { containers, log, set, starting } = task(
        { name: "b", ...after("a", condition) },
        { name: "a", ...after("first", "SUCCESS") },
        { name: "first" },
      );
      await settle();
      set("a", { status: "STOPPED" });
      await expect.poll(() => containers[0]?.status).toBe("STOPPED");
      set("first", { status: "STOPPED", exitCode: 0 });
      await starting;
      expect(log[1]).toMatch(/\[a\] for target \[b\] because dependency will never start$/);
    },
  );

  it("needs an exit code for COMPLETE", async () => {
    const { log, set, starting, abort } = task(
      { name: "a" },
      { name: "b", ...after("a", "COMPLETE") },
    );
    await settle();
    set("a", { status: "STOPPED" });
    await settle();
    expect(log).toEqual(["start a"]);
    abort.abort();
    await starting;
  });

  it("waits for HEALTHY even after failed health checks", async () => {
    const { log, set, starting } = task({ name: "a" }, { name: "b", ...after("a", "HEALTHY") });
    await settle();
    set("a", { health: "UNHEALTHY" });
    await settle();
    expect(log).toEqual(["start a"]);
    set("a", { health: "HEALTHY" });
    await starting;
    expect(log).toEqual(["start a", "start b"]);
  });

  it("counts startTimeout from the dependency's own start", async () => {
    useFakeClock();
    const { log, set, starting } = task(
      { name: "a" },
      { name: "b", startTimeout: 30, ...after("a", "COMPLETE") },
      { name: "c", ...after("b", "SUCCESS") },
    );
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    set("a", { status: "STOPPED", exitCode: 0 });
    await settle();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(log).toEqual(["start a", "start b"]);
    await vi.advanceTimersByTimeAsync(2000);
    await starting;
    expect(log[2]).toBe(
      "dependency graph: container ordering dependency [b] for target [c] has timed out",
    );
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
