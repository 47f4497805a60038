import { expect, test } from "vitest";
import { eventLine } from "../../../harness/views/event-line.ts";

const common = { at: 0, service: "dev-app", taskId: "3dd8a4".padEnd(32, "0") };
const ended = {
  ...common,
  type: "container",
  container: "app",
  isOnly: true,
  pid: undefined,
  status: "STOPPED",
} as const;
const stops = { ...common, type: "task", deploymentId: "d1", host: "host-1" } as const;
const reason = "OutOfMemoryError: Container killed due to memory usage";

test("an event has one line, with its reason", () => {
  const line = eventLine({ ...ended, exitCode: 137, reason });
  expect(line).toBe(`dev-app 3dd8a4 exited with 137 (SIGKILL): ${reason}`);
});

test("a reason that the task's line has is not repeated", () => {
  const last = { ...stops, from: "RUNNING", to: "DEACTIVATING", reason } as const;
  expect(eventLine(last)).toBe(`dev-app 3dd8a4 stops: ${reason}`);
  expect(eventLine({ ...last, from: "DEACTIVATING", to: "STOPPING" })).toBeUndefined();
  expect(eventLine({ ...ended, exitCode: undefined, reason })).toBeUndefined();
});

test("a fault is in words, with its target", () => {
  const frozen = { type: "fault", at: 0, active: true, fault: "freeze" } as const;
  const { taskId: target } = common;
  expect(eventLine({ ...frozen, target })).toBe("fault begins: task 3dd8a4 is frozen");
});
