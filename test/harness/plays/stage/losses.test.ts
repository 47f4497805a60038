import { expect, test } from "vitest";
import type { EcsEvent } from "../../../../harness/ecs/index.ts";
import { acknowledgedWrites, isAtRisk, killsOf } from "../../../../harness/plays/stage/losses.ts";

const request = (sentAt: number, endedAt: number, status = 200, guest?: string) => ({
  sentAt,
  endedAt,
  status,
  guest,
});

const ended = (at: number, container: string, exitCode: number): EcsEvent => ({
  type: "container",
  service: "dev-redis",
  taskId: "1",
  container,
  isOnly: true,
  status: "STOPPED",
  pid: undefined,
  exitCode,
  at,
});

test("an acknowledged write has a guest and a status of 200 to 299", () => {
  const all = [request(0, 1, 200, "a"), request(0, 1, 503, "b"), request(0, 1)];
  expect(acknowledgedWrites(all).map(({ guest }) => guest)).toEqual(["a"]);
});

test("a kill is an exit code of 137 of the given container", () => {
  const events = [ended(1, "redis", 137), ended(2, "redis", 0), ended(3, "app", 137)];
  expect(killsOf(events, "redis")).toEqual([1]);
});

test.each([
  ["two seconds before the kill", request(7_990, 8_000), true],
  ["earlier", request(7_000, 7_999), false],
  ["while Redis is killed", request(9_990, 10_005), true],
  ["after the kill", request(10_001, 10_005), false],
])("a write that is acknowledged %s is at risk or not", (_, write, expected) => {
  expect(isAtRisk(write, [10_000])).toBe(expected);
});
