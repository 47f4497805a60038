import { expect, test } from "vitest";
import { isAtRisk } from "../../../../harness/plays/stage/losses.ts";

const request = (sentAt: number, endedAt: number, status = 200, guest?: string) => ({
  sentAt,
  endedAt,
  status,
  guest,
});

test.each([
  ["two seconds before the kill", request(7_990, 8_000), true],
  ["earlier", request(7_000, 7_999), false],
  ["while Redis is killed", request(9_990, 10_005), true],
  ["after the kill", request(10_001, 10_005), false],
])("a write that is acknowledged %s is at risk or not", (_, write, expected) => {
  expect(isAtRisk(write, [10_000])).toBe(expected);
});
