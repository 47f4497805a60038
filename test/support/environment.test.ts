import * as fc from "fast-check";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("a child process has no variables of a terminal or CI", () => {
  const script = 'console.log(require("picocolors").green("plain"), process.env.CI ?? "no CI")';
  const output = execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" });
  expect(output).toBe("plain no CI\n");
});

test("properties have the same values in each run", () => {
  const runs: number[][] = [[], []];
  for (const values of runs) {
    fc.assert(
      fc.property(fc.nat(), (value) => {
        values.push(value);
      }),
    );
  }
  expect(runs[0]).toEqual(runs[1]);
});
