import { describe, expect, it } from "vitest";
import { matchesCode } from "../../../../harness/ecs/balancing/target-group.ts";

describe("matchesCode", () => {
  it.each([
    ["200", 200, true],
    ["200", 201, false],
    ["200-299", 250, true],
    ["200-299", 300, false],
    ["200,302", 302, true],
    ["200,300-310", 305, true],
    ["", 200, false],
  ])("matcher %j and code %i: %s", (matcher, code, matches) => {
    expect(matchesCode(matcher, code)).toBe(matches);
  });
});
