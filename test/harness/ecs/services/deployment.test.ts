import { describe, expect, it } from "vitest";
import { EcsEvents, type EcsEventOf, now } from "../../../../harness/ecs/base/events.ts";
import type { TaskDefinitionPlan } from "../../../../harness/ecs/terraform/plan/plan.ts";
import { Deployments } from "../../../../harness/ecs/services/deployment.ts";

const definition: TaskDefinitionPlan = {
  address: "aws_ecs_task_definition.app",
  family: "app",
  networkMode: "bridge",
  memory: 16,
  memoryLimit: undefined,
  containers: [],
};
const revision = (number: number) => ({ definition, label: `app:${number}` });

/** Tasks that stopped before they were healthy. */
const NEVER_RAN = { ran: false, isFailure: true };
const CHECKED = { ran: true, isFailure: true };
const UNCHECKED = { ran: true, isFailure: false };

/** A service with one task, whose deployments fail after three consecutive failed tasks. */
function deployments({ rollback = true, enable = true } = {}) {
  const events = new EcsEvents();
  const statuses: EcsEventOf<"deployment">["status"][] = [];
  const reasons: (string | undefined)[] = [];
  events.on("deployment", ({ status, reason }) => {
    statuses.push(status);
    reasons.push(reason);
  });
  const all = new Deployments("app", events);
  const scale = { desiredCount: 1, circuitBreaker: { enable, rollback } };
  return {
    all,
    statuses,
    reasons,
    fail: (times: number) => {
      for (let time = 0; time < times; time += 1) all.failed(scale, NEVER_RAN);
    },
    notPlaced: (times: number) => {
      for (let time = 0; time < times; time += 1) all.notPlaced(scale);
    },
    failOnce: (task: Parameters<typeof all.failed>[1]) => all.failed(scale, task),
    serve: () => all.served(all.primary?.id ?? ""),
    get now() {
      const { primary } = all;
      return [primary?.revision.label, primary?.rollout, primary?.failedTasks];
    },
  };
}

describe("the circuit breaker", () => {
  it("counts consecutive failures, and starts again after a healthy task", () => {
    const run = deployments();
    run.all.begin(revision(1));
    for (let round = 0; round < 5; round += 1) {
      run.fail(2);
      expect(run.now).toEqual(["app:1", "IN_PROGRESS", 2]);
      run.serve();
      expect(run.now).toEqual(["app:1", "IN_PROGRESS", 0]);
    }
    run.fail(3);
    expect(run.now).toEqual(["app:1", "FAILED", 3]);
  });

  it("does not count earlier failures after a rollback", () => {
    const run = deployments();
    run.all.begin(revision(1));
    run.fail(2);
    run.all.complete();
    run.all.begin(revision(2));
    run.fail(3);
    expect(run.now).toEqual(["app:1", "IN_PROGRESS", 0]);
    expect(run.reasons.slice(-2)).toEqual([
      "ECS deployment circuit breaker: tasks failed to start.",
      `ECS deployment circuit breaker: rolling back to deploymentId ${run.all.primary?.id} (app:1).`,
    ]);
    run.fail(1);
    expect(run.now).toEqual(["app:1", "IN_PROGRESS", 1]);
  });

  it("is not reset by a task of the replaced deployment", () => {
    const run = deployments();
    run.all.begin(revision(1));
    const { id = "" } = run.all.primary ?? {};
    run.all.complete();
    run.all.begin(revision(2));
    run.fail(2);
    run.all.served(id);
    expect(run.now).toEqual(["app:2", "IN_PROGRESS", 2]);
  });

  it("counts a task that does not pass its health checks, and none that ran and that nothing checks", () => {
    const run = deployments({ rollback: false });
    run.all.begin(revision(1));
    for (let time = 0; time < 20; time += 1) run.failOnce(UNCHECKED);
    expect(run.now).toEqual(["app:1", "IN_PROGRESS", 0]);
    for (let time = 0; time < 3; time += 1) run.failOnce(CHECKED);
    expect(run.now).toEqual(["app:1", "FAILED", 3]);
  });

  it("counts a task without a host, without a delay", () => {
    const run = deployments({ rollback: false });
    run.all.begin(revision(1));
    run.notPlaced(2);
    expect(run.all.pause).toBe(0);
    run.notPlaced(1);
    expect(run.now).toEqual(["app:1", "FAILED", 3]);
    expect(run.statuses).toEqual(["IN_PROGRESS", "FAILED"]);
  });
});

describe("the throttle", () => {
  it("begins with the second task that never ran, and ends with one that did", () => {
    const run = deployments({ enable: false });
    run.all.begin(revision(1));
    const fail = () => run.failOnce(NEVER_RAN);
    expect([fail(), fail(), fail()]).toEqual([false, true, false]);
    expect(run.all.pause).toBeGreaterThan(3000);
    expect(run.failOnce(UNCHECKED)).toBe(false);
    expect(run.all.pause).toBeLessThanOrEqual(1000);
    expect([fail(), fail()]).toEqual([false, true]);
  });

  it("has a second from start to start of tasks that had served", () => {
    const run = deployments({ enable: false });
    run.all.begin(revision(1));
    run.serve();
    run.all.ended(now() - 100);
    expect(run.all.pause).toBeGreaterThan(800);
    expect(run.all.pause).toBeLessThanOrEqual(900);
  });

  it("does not delay the replacement of tasks that ran any longer", () => {
    const run = deployments({ enable: false });
    run.all.begin(revision(1));
    for (let time = 0; time < 20; time += 1) expect(run.failOnce(UNCHECKED)).toBe(false);
    expect(run.all.pause).toBeLessThanOrEqual(1000);
  });
});
