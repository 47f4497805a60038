import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Counts, checkProperty } from "./check-property.ts";
import { Failures } from "./failures.ts";

const context = () => ({ seed: 3, inputs: 600, progress: () => {}, failures: new Failures() });

describe("the check of a property", () => {
  it("runs it as often as there are inputs, the same for the same seed", async () => {
    const runs: number[][] = [];
    for (let time = 0; time < 2; time++) {
      const seen: number[] = [];
      const property = fc.property(fc.integer(), (number) => void seen.push(number));
      const of = context();
      expect(await checkProperty(property, of)).toMatchObject({ inputs: 600 });
      expect(of.failures.found).toEqual([]);
      runs.push(seen);
    }
    expect(runs[0]).toHaveLength(600);
    expect(runs[0]).toEqual(runs[1]);
  });

  it("tells a failure as small as it gets, with how to run it again", async () => {
    const property = fc.property(fc.nat(), (number) => {
      if (number > 100) throw new TypeError("too large");
    });
    const of = context();
    await checkProperty(property, of);
    const failures = of.failures.found;
    expect(failures).toHaveLength(1);
    expect(failures[0]?.what).toMatch(/^TypeError: too large/);
    expect(failures[0]?.input).toMatch(/^\[ 101 \] \(fast-check: seed \d+, path [\d:]+\)$/);
  });

  it("tells how often each thing came of it", async () => {
    const counts = new Counts();
    const property = fc.property(fc.boolean(), (given) => counts.add(given ? "yes" : "no"));
    const { figures } = await checkProperty(property, context(), counts.all);
    expect(Object.keys(figures)).toEqual(["no", "yes"]);
    expect(Object.values(figures).reduce((sum, count) => sum + count, 0)).toBe(600);
  });
});
