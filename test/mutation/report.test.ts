import { describe, expect, it } from "vitest";
import { scoreOf, survivorsIn, tallyOf } from "./report.ts";

const source = ["const a = 1;", "if (a > 1) {", "  run();", "}", ""].join("\n");

function mutant(
  status: string,
  replacement: string,
  [line, column, lastLine, lastColumn]: number[],
) {
  const start = { line: line ?? 0, column: column ?? 0 };
  return {
    status,
    replacement,
    location: { start, end: { line: lastLine ?? 0, column: lastColumn ?? 0 } },
  };
}

const condition = [2, 5, 2, 10];
const block = [2, 12, 4, 2];

describe("the report of mutants", () => {
  it("gives those that no test noticed, each as a line of the file and what stands in its place", () => {
    const mutants = [
      mutant("Killed", "true", condition),
      mutant("Survived", "a >= 1", condition),
      mutant("NoCoverage", "{}", block),
    ];
    expect(survivorsIn({ files: { "a.ts": { source, mutants } } })).toEqual([
      { file: "a.ts", line: 2, code: "if (a > 1) {", mutant: "if (a >= 1) {" },
      { file: "a.ts", line: 2, code: "if (a > 1) {", mutant: "if (a > 1) {}" },
    ]);
  });

  it("cuts a long one short", () => {
    const mutants = [mutant("Survived", "x".repeat(200), condition)];
    const [survivor] = survivorsIn({ files: { "a.ts": { source, mutants } } });
    expect(survivor?.mutant).toBe(`if (${"x".repeat(156)}…`);
  });

  it("counts a timeout as noticed, and a mutant that cannot run as none", () => {
    const statuses = ["Killed", "Killed", "Timeout", "Survived", "NoCoverage", "RuntimeError"];
    const mutants = statuses.map((status) => mutant(status, "true", condition));
    expect(tallyOf({ files: { "a.ts": { source, mutants } } })).toEqual({
      mutants: 5,
      killed: 2,
      timedOut: 1,
      survived: 2,
    });
  });

  it("gives one score of several runs", () => {
    const tally = { mutants: 100, killed: 80, timedOut: 10, survived: 10 };
    expect(scoreOf([tally, { mutants: 50, killed: 50, timedOut: 0, survived: 0 }])).toEqual({
      mutants: 150,
      killed: 130,
      timedOut: 10,
      survived: 10,
      percent: 93.3,
    });
  });
});
