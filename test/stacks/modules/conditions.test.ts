import { describe, expect, it } from "vitest";
import { z } from "zod";
import { flag, listOfWords, oneOf, text, whole } from "../../../stacks/config/fields.ts";
import { checkedBy, quoted } from "../../../stacks/modules/conditions.ts";

describe("a field of a schema, as Terraform checks it", () => {
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

  it("is refused where Terraform's patterns cannot say it", () => {
    expect(() => checkedBy(text(/^(?!a)/, "b"), "var.x")).toThrow("not for RE2: ^(?!a)");
    expect(() => checkedBy(text(/^a$/i, "b"), "var.x")).toThrow("not for RE2");
  });

  it("is refused where no module has its kind", () => {
    expect(() => checkedBy(listOfWords("words"), "var.x")).toThrow("no field of the kind array");
  });
});

it("a literal starts no expression", () => {
  expect(quoted('a "b" \\ ${c} %{d}')).toBe('"a \\"b\\" \\\\ $${c} %%{d}"');
});
