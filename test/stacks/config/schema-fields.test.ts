import { describe, expect, it } from "vitest";
import { z } from "zod";
import { either, fields, flag, has, text, whole } from "../../../stacks/config/fields.ts";
import { schemaFields } from "../../../stacks/config/schema-fields.ts";

const existing = fields({ id: text(/^x/, "an id such as x1") });
const created = fields({ size: whole(1, 9).default(3).describe("How big") });
const schema = fields({
  on: flag().optional().describe("Whether"),
  part: either(has("id"), existing, created)
    .refine(() => true)
    .prefault({})
    .describe("A part"),
  list: z.array(fields({ name: text(/^/, "a name") }), "a list"),
  record: z.record(z.string(), fields({ value: flag() }), "a record"),
});

describe("schemaFields", () => {
  const found = schemaFields(schema).map((field) => ({ ...field, path: field.path.join(".") }));

  it("finds all fields, including those in lists, records and both shapes of an either", () => {
    expect(found.map(({ path }) => path)).toEqual([
      "on",
      "part",
      "part.id",
      "part.size",
      "list",
      "list.[].name",
      "record",
      "record.<name>.value",
    ]);
  });

  it("returns allowed values, default and description", () => {
    expect(found[0]).toMatchObject({
      allowed: "true or false",
      isRequired: false,
      default: undefined,
      description: "Whether",
    });
    expect(found[1]).toMatchObject({
      allowed: "an object with fields size, or an object with fields id",
      isRequired: false,
      default: {},
      description: "A part",
    });
    expect(found[2]).toMatchObject({ allowed: "an id such as x1", isRequired: true });
    expect(found[3]).toMatchObject({
      allowed: "a whole number from 1 to 9",
      isRequired: false,
      default: 3,
      description: "How big",
    });
  });

  it("returns the shapes of a field", () => {
    expect(found[0]?.forms).toEqual([]);
    expect(found[2]?.forms).toMatchObject([{ path: ["part"], index: 0 }]);
    expect(found[3]?.forms).toMatchObject([{ path: ["part"], index: 1 }]);
  });
});
