import { describe, expect, it } from "vitest";
import type { EcsEvent, EcsEventOf } from "../../../harness/ecs/index.ts";
import { eventLine } from "../../../harness/views/event-line.ts";

const common = { at: 0, service: "dev-app", taskId: "3dd8a4".padEnd(32, "0") };

const only = { container: "app", isOnly: true } as const;

const target = (state: EcsEventOf<"target">["state"], reason: string): EcsEvent => ({
  type: "target",
  ...common,
  targetGroup: "dev-app",
  state,
  reason,
});

const task = (changes: Pick<EcsEventOf<"task">, "from" | "to" | "reason">): EcsEvent => ({
  type: "task",
  ...common,
  deploymentId: "d1",
  host: "host-1",
  ...changes,
});

describe("what an event says", () => {
  it("is why a target is unhealthy, and nothing that its state says already", () => {
    expect(eventLine(target("unhealthy", "Health checks failed with these codes: [404]"))).toBe(
      "dev-app 3dd8a4 is unhealthy in its target group: Health checks failed with these codes: [404]",
    );
    expect(eventLine(target("initial", "Target registration is in progress"))).toBe(
      "dev-app 3dd8a4 is registered in its target group",
    );
  });

  it("is why a deployment failed", () => {
    const reason = "deployment circuit breaker: 3 tasks failed";
    const deployment = {
      type: "deployment",
      at: 0,
      service: "dev-app",
      deploymentId: "d1",
    } as const;
    expect(eventLine({ ...deployment, status: "FAILED", reason })).toBe(
      `dev-app deployment failed: ${reason}`,
    );
    expect(eventLine({ ...deployment, status: "IN_PROGRESS", reason: undefined })).toBe(
      "dev-app deployment in progress",
    );
  });

  it("is once why a task did not start, and not what its container exited with", () => {
    const reason = "CannotStartContainerError: no room";
    expect(eventLine(task({ from: "PENDING", to: "STOPPING", reason }))).toBe(
      `dev-app 3dd8a4 did not start: ${reason}`,
    );
    const ended = { type: "container", ...common, ...only, pid: undefined } as const;
    expect(eventLine({ ...ended, status: "STOPPED", exitCode: undefined })).toBeUndefined();
    expect(eventLine({ ...ended, status: "STOPPED", exitCode: 0 })).toBe(
      "dev-app 3dd8a4 exited with 0",
    );
    expect(eventLine({ ...ended, status: "STOPPED", exitCode: 137 })).toBe(
      "dev-app 3dd8a4 exited with 137 (SIGKILL)",
    );
  });

  it("is what started, with the pid that it has, if it still has one", () => {
    const started = { type: "container", ...common, ...only, status: "RUNNING" } as const;
    const line = (pid: number | undefined) => eventLine({ ...started, exitCode: undefined, pid });
    expect(line(17)).toBe("dev-app 3dd8a4 started (pid 17)");
    expect(line(undefined)).toBe("dev-app 3dd8a4 started");
  });

  it("names the container where its task has others", () => {
    const container = { ...common, container: "redis", isOnly: false } as const;
    const ended = { type: "container", status: "STOPPED", pid: undefined, exitCode: 1 } as const;
    expect(eventLine({ ...container, ...ended })).toBe("dev-app 3dd8a4 redis exited with 1");
    expect(eventLine({ ...container, type: "health", health: "HEALTHY" })).toBe(
      "dev-app 3dd8a4 redis is HEALTHY",
    );
  });

  it("is how Cloud Map sees an instance", () => {
    const record = {
      type: "record",
      at: 0,
      name: "dev-redis.dev-ecs",
      instanceId: common.taskId,
      address: "127.0.0.2",
      port: 40_000,
      healthy: true,
    } as const;
    expect(eventLine({ ...record, action: "registered" })).toBe(
      "dev-redis.dev-ecs registered 127.0.0.2:40000",
    );
    expect(eventLine({ ...record, action: "health" })).toBe(
      "dev-redis.dev-ecs shows 127.0.0.2:40000 as healthy",
    );
    expect(eventLine({ ...record, action: "health", healthy: false })).toBe(
      "dev-redis.dev-ecs shows 127.0.0.2:40000 as unhealthy",
    );
  });

  it("is a fault as people say it, with the name of what it hits", () => {
    const fault = { type: "fault", at: 0, active: true } as const;
    const frozen = { ...fault, fault: "freeze", target: common.taskId } as const;
    expect(eventLine(frozen)).toBe("fault begins: task 3dd8a4 is frozen");
    expect(eventLine(frozen, () => "dev-redis 3dd8a4")).toBe(
      "fault begins: dev-redis 3dd8a4 is frozen",
    );
    expect(eventLine({ ...fault, fault: "dns", target: "down", active: false })).toBe(
      "fault ends: DNS is down",
    );
  });

  it("is once why a task that ran is stopped", () => {
    const reason = "Task failed health checks";
    expect(eventLine(task({ from: "RUNNING", to: "DEACTIVATING", reason }))).toBe(
      `dev-app 3dd8a4 stops: ${reason}`,
    );
    expect(eventLine(task({ from: "DEACTIVATING", to: "STOPPING", reason }))).toBeUndefined();
  });
});
