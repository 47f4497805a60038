import { expect, it } from "vitest";
import { converted } from "../../../../../harness/ecs/terraform/expression/variable-types.ts";

it.each([
  ["any", [1, "a"]],
  ["set(any)", [1, "a"]],
  ["map(number)", { a: 1 }],
  ["tuple([number, string])", [1, "a"]],
])("a value of the type %s does not change", (type, value) => {
  expect(converted(value, type, "var.x")).toEqual(value);
});

it.each([
  ["7", "expected the type"],
  ["list()", "expected the type"],
  ["word", "expected the type"],
  ["object(string)", "expected the type"],
  ["tuple([string])", "expected a list"],
  ["maybe(string)", "maybe()"],
  ["object({ a = optional(string, var.y) })", "the default in optional()"],
])("the type %s is refused with its variable", (type, message) => {
  expect(() => converted({}, type, "var.x")).toThrow(`var.x: ${message}`);
});

it("a type with text after its end is refused", () => {
  expect(() => converted(1, "number)", "var.x")).toThrow('expected the end at ")"');
});
