import { describe, expect, it } from "vitest";
import { Failures } from "./failures.ts";

describe("failures", () => {
  it("keep the shortest input of each, whatever numbers are in the message", () => {
    const failures = new Failures();
    failures.add("aabbcc", "took 10 blocks");
    failures.add("aa", "took 20 blocks");
    failures.add("aabb", "took 30 blocks");
    failures.add("ff", "hangs");
    expect(failures.found).toEqual([
      { input: "aa", what: "took 20 blocks" },
      { input: "ff", what: "hangs" },
    ]);
  });

  it("are told as they are found, and when an input becomes shorter", () => {
    const told: number[] = [];
    const failures = new Failures((found) => told.push(found.length));
    failures.add("aa", "one");
    failures.add("aaa", "one");
    failures.add("a", "one");
    failures.add("b", "two");
    expect(told).toEqual([1, 1, 2]);
  });

  it("name the error and where it came from", () => {
    const failures = new Failures();
    failures.add("", new TypeError("not a function"));
    expect(failures.found[0]?.what).toMatch(/^TypeError: not a function \(.*failures\.test\.ts/);
  });

  it("are twenty different ones at most", () => {
    const failures = new Failures();
    for (const letter of "abcdefghijklmnopqrstuvwxyz") failures.add("", letter);
    expect(failures.found).toHaveLength(20);
  });
});
