import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  argumentOf,
  isModelled,
  RESOURCE_TYPES,
  whyRefused,
  withoutLocalEffect,
} from "../../../../harness/ecs/terraform/types/index.ts";

const ROWS = Object.entries(RESOURCE_TYPES);

/** The types in the marks of a schema, which JSON Schema has too. */
function referredIn(schema: z.ZodObject): Iterable<string> {
  const written = JSON.stringify(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  const marks = written.matchAll(/"refersTo":(\[[^\]]*\])/g);
  return [...marks].flatMap(([, targets = ""]) =>
    (JSON.parse(targets) as string[]).map((each) => each.replace(/\.\w+$/, "")),
  );
}

describe("a row of a resource type", () => {
  it("is modelled, or refused or left out, or without effect: at most one of them", () => {
    for (const [type] of ROWS) {
      const all = [isModelled(type), whyRefused(type), withoutLocalEffect(type)];
      expect(all.filter(Boolean).length, type).toBeLessThanOrEqual(1);
    }
  });

  it("refers to modelled types", () => {
    const all = ROWS.flatMap(([, { schema }]) => (schema ? [...referredIn(schema)] : []));
    expect(new Set(all).size).toBeGreaterThan(10);
    expect(all.filter((type) => !isModelled(type))).toEqual([]);
  });

  it("describes arguments of its schema", () => {
    for (const [type, { kept = [], ifUnknown = {}, actions = [] }] of ROWS) {
      const paths = [...Object.keys(ifUnknown), ...kept, ...[actions].flat()];
      for (const name of paths.map((path) => path.replace(/\..*$/, ""))) {
        expect(isModelled(type) && argumentOf(type, name), `${type}.${name}`).toBeTruthy();
      }
    }
  });
});
