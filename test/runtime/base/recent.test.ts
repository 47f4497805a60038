import { expect, it } from "vitest";

import { Recent } from "../../../runtime/src/base/recent.ts";

it("creates a value once per name", () => {
  const recent = new Recent((name) => ({ name }));
  expect(recent.of("a")).toBe(recent.of("a"));
  expect(recent.of("b")).toEqual({ name: "b" });
});

it("keeps the 256 most recently used", () => {
  const made: string[] = [];
  const recent = new Recent((name) => made.push(name));
  const names = [...Array(256).keys()].map(String);
  names.forEach((name) => recent.of(name));
  recent.of("0");
  recent.of("one more");
  made.length = 0;

  recent.of("0");
  expect(made).toEqual([]);
  recent.of("1");
  expect(made).toEqual(["1"]);
});

it("forgets all values, and returns them", () => {
  const recent = new Recent((name) => ({ name }));
  const [a, b] = [recent.of("a"), recent.of("b")];
  expect(recent.clear()).toEqual([a, b]);
  expect(recent.of("a")).not.toBe(a);
});
