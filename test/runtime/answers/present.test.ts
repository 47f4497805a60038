import { beforeEach, describe, expect, it } from "vitest";

import { Present, mayBeDrawn } from "../../../runtime/src/answers/present.ts";
import { target } from "../support/sources.ts";

let present: Present;

function tell(names: string, isDrawn: boolean): void {
  present.update(names, isDrawn);
}

const existing = (): string[] => ["a", "b", "c", "d"].filter((name) => present.has(name));

beforeEach(() => {
  present = new Present();
});

describe("the targets that are present", () => {
  it("are those of the last answer", () => {
    tell("ab", false);
    tell("ca", false);
    expect(existing()).toEqual(["a", "c"]);
    expect(present.has("b")).toBe(false);
    expect(present.has("a")).toBe(true);
  });

  it("include those of earlier draws", () => {
    tell("ab", true);
    tell("cd", true);
    tell("db", true);
    expect(existing()).toEqual(["a", "b", "c", "d"]);
  });

  it("include added ones, until a complete answer misses them", () => {
    present.add("a");
    tell("b", true);
    expect(existing()).toEqual(["a", "b"]);
    tell("b", false);
    expect(existing()).toEqual(["b"]);
    present.add("b");
    expect(existing()).toEqual(["b"]);
  });

  it("do not include earlier draws after a complete answer, or after clear", () => {
    tell("ab", true);
    tell("c", false);
    expect(existing()).toEqual(["c"]);
    present.clear();
    expect(existing()).toEqual([]);
  });

  it("include one that a hundred draws miss, until the next draw also misses it", () => {
    tell("ab", true);
    for (let draw = 0; draw < 100; draw++) tell("b", true);
    expect(existing()).toEqual(["a", "b"]);
    tell("b", true);
    expect(existing()).toEqual(["b"]);
  });

  it("start counting again when a draw has the target", () => {
    tell("ab", true);
    for (let draw = 0; draw < 100; draw++) tell("b", true);
    tell("a", true);
    for (let draw = 0; draw < 100; draw++) tell("b", true);
    expect(existing()).toEqual(["a", "b"]);
  });
});

describe("an answer", () => {
  const eight = Array.from({ length: 8 }, (_, index) => target(index));

  it("may be drawn from more targets if it has eight of one priority", () => {
    expect(mayBeDrawn(eight)).toBe(true);
  });

  it.each([
    ["seven", eight.slice(1)],
    ["nine", [...eight, target(9)]],
    ["eight of two priorities", [...eight.slice(1), target(9, { priority: 1 })]],
    ["none", []],
  ])("is complete with %s", (_what, targets) => {
    expect(mayBeDrawn(targets)).toBe(false);
  });
});
