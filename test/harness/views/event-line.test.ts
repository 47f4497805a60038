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

describe("the line of an event", () => {
  it("has the reason of an unhealthy target, unless the state says it", () => {
    expect(eventLine(target("unhealthy", "Health checks failed with these codes: [404]"))).toBe(
      "dev-app 3dd8a4 is unhealthy in its target group: Health checks failed with these codes: [404]",
    );
    expect(eventLine(target("initial", "Target registration is in progress"))).toBe(
      "dev-app 3dd8a4 is registered in its target group",
    );
  });

  it("has the reason of a failed deployment", () => {
    const reason = "ECS deployment circuit breaker: tasks failed to start.";
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

  it("has the call of an AWS API that nothing answers, with its message", () => {
    const message = "s3 GET /a: the local ECS does not answer this AWS API.";
    const line = eventLine({ type: "call", ...common, api: "s3", message });
    expect(line).toBe(`dev-app 3dd8a4 called ${message}`);
  });

  it("has the reason of a task that did not start, once", () => {
    const reason = "CannotStartContainerError: no room";
    const failed = `Task failed to start (app: ${reason})`;
    expect(eventLine(task({ from: "PENDING", to: "STOPPING", reason: failed }))).toBe(
      `dev-app 3dd8a4 stops: ${failed}`,
    );
    const ended = { type: "container", ...common, ...only, pid: undefined } as const;
    expect(eventLine({ ...ended, status: "STOPPED", exitCode: undefined })).toBeUndefined();
    expect(eventLine({ ...ended, status: "STOPPED", exitCode: 0 })).toBe(
      "dev-app 3dd8a4 exited with 0",
    );
    expect(eventLine({ ...ended, status: "STOPPED", exitCode: 137 })).toBe(
      "dev-app 3dd8a4 exited with 137 (SIGKILL)",
    );
    const unable = { ...ended, status: "STOPPED", exitCode: undefined, reason } as const;
    expect(eventLine(unable)).toBeUndefined();
    expect(eventLine({ ...unable, container: "init", isOnly: false })).toBe(
      `dev-app 3dd8a4 init did not start: ${reason}`,
    );
    const why = "OutOfMemoryError: Container killed due to memory usage";
    expect(eventLine({ ...ended, status: "STOPPED", exitCode: 137, reason: why })).toBe(
      `dev-app 3dd8a4 exited with 137 (SIGKILL): ${why}`,
    );
  });

  it("has a fault in words, with its target", () => {
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

  it("has the reason of a stopped task, once", () => {
    const reason = "Task failed container health checks";
    expect(eventLine(task({ from: "RUNNING", to: "DEACTIVATING", reason }))).toBe(
      `dev-app 3dd8a4 stops: ${reason}`,
    );
    expect(eventLine(task({ from: "DEACTIVATING", to: "STOPPING", reason }))).toBeUndefined();
  });
});
