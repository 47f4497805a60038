import { inspect } from "node:util";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Broken, broken } from "./broken-values.ts";

const whole = { a: [1, { b: "x" }], c: true };

describe("a broken value", () => {
  it("is a copy with changes, and shows these alone", () => {
    const made = new Broken(whole, [
      { place: ["a", "1", "b"], value: 7 },
      { place: ["c"], value: undefined },
    ]);
    expect(made.value).toEqual({ a: [1, { b: 7 }] });
    expect(whole).toEqual({ a: [1, { b: "x" }], c: true });
    expect(inspect(made)).toContain("{ place: 'a.1.b', value: 7 }");
  });

  it("is changed at every place of it in time", () => {
    const places = fc.sample(broken(fc.constant(whole), fc.constant("new")), {
      numRuns: 500,
      seed: 1,
    });
    const seen = new Set(places.map(({ value }) => JSON.stringify(value)));
    for (const changed of [
      { ...whole, a: "new" },
      { ...whole, c: "new" },
      { ...whole, a: ["new", { b: "x" }] },
      { ...whole, a: [1, { b: "new" }] },
    ]) {
      expect(seen).toContain(JSON.stringify(changed));
    }
  });
});
