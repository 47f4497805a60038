import { describe, expect, it } from "vitest";
import { z } from "zod";
import { flag, listOfWords, oneOf, text, whole } from "../../../stacks/config/fields.ts";
import { checkedBy, quoted } from "../../../tools/modules/conditions.ts";

describe("a schema field in Terraform", () => {
  it.each([
    [flag(), "bool", []],
    [whole(1, 300), "number", ["var.x >= 1 && var.x <= 300 && floor(var.x) == var.x"]],
    [oneOf(["a", "b"]), "string", ['contains(["a","b"], var.x)']],
    [oneOf([1, 3]), "number", ["contains([1,3], var.x)"]],
    [text(/^\/\d+$/, "digits"), "string", [String.raw`can(regex("^/\\d+$", var.x))`]],
    [
      text(/^a/, "a").max(9, "a"),
      "string",
      ['can(regex("^a", var.x)) && can(regex("^.{0,9}$", var.x))'],
    ],
    [
      z.record(text(/^k/, "k"), text(/^v/, "v")),
      "map(string)",
      ['alltrue([for key, value in var.x : can(regex("^k", key)) && can(regex("^v", value))])'],
    ],
  ])("has a type and conditions, %#", (schema, type, conditions) => {
    expect(checkedBy(schema, "var.x")).toEqual({ type, conditions });
  });

  it("is refused if RE2 does not support its pattern", () => {
    expect(() => checkedBy(text(/^(?!a)/, "b"), "var.x")).toThrow("RE2 does not support ^(?!a)");
    expect(() => checkedBy(text(/^a$/i, "b"), "var.x")).toThrow("RE2 does not support");
  });

  it("is refused if its type is not supported", () => {
    expect(() => checkedBy(listOfWords("words"), "var.x")).toThrow("fields of type array");
  });
});

it("escapes template sequences in a literal", () => {
  expect(quoted('a "b" \\ ${c} %{d}')).toBe('"a \\"b\\" \\\\ $${c} %%{d}"');
});
