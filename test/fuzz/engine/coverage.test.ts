import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Coverage, workOf } from "./coverage.ts";

const FILE = "/fuzz-coverage-test.js";

describe("coverage", () => {
  it("tells the blocks that ran since the last look, and how often", () => {
    using coverage = new Coverage((url) => url.endsWith(FILE));
    const code = "(x) => { if (x === 1) { return 1; } for (let i = 0; i < x; i++) {} return 0; }";
    const tested = runInThisContext(code, { filename: FILE }) as (x: number) => number;
    tested(0);
    const first = coverage.take();
    tested(1);
    const branch = [...coverage.take().keys()].filter((block) => !first.has(block));
    expect(branch).toHaveLength(1);
    tested(1_000);
    expect(workOf(coverage.take())).toBeGreaterThan(1_000);
    expect(coverage.take().size).toBe(0);
  });
});
