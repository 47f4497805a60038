import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./paths.ts";
import { Processes } from "./processes.ts";
import { type Statement, statementsOf, tallyOf } from "./statements.ts";
import { explain } from "./unrun.ts";

const FILE = "stacks/a.ts";
const at = (line: number) => ({ start: { line, column: 0 } });

function statement(line: number, by: Statement["by"], file = FILE): Statement {
  return { file, line, by };
}

/** A report of four statements of a file, and how often each was run. */
const reportOf = (path: string, s: Record<number, number>) => ({
  [join(ROOT, path)]: { statementMap: { 0: at(1), 1: at(2), 2: at(3), 3: at(4) }, s },
});

const read = (): string => "one();\n  two();\n";

describe("the statements of the sources", () => {
  it("are run by tests, by processes, or by no one", () => {
    const processes = new Processes();
    processes.hasRun = (file, { line }) => file === FILE && line === 2;
    const one = reportOf(FILE, { 0: 5, 1: 0, 2: 0, 3: 0 });
    const other = {
      ...reportOf(FILE, { 0: 0, 1: 0, 2: 0, 3: 1 }),
      ...reportOf(`test/${FILE}`, {}),
    };
    expect(statementsOf([one, other], processes)).toEqual([
      statement(1, "tests"),
      statement(2, "processes"),
      statement(3, "no one"),
      statement(4, "tests"),
    ]);
  });

  it("are counted, and there must be some", () => {
    const all = (["tests", "processes", "no one"] as const).map((by) => statement(1, by));
    expect(tallyOf(all)).toEqual({ statements: 3, run: 2, byProcesses: 1, percent: 66.6 });
    expect(() => tallyOf([])).toThrow("there are no statements");
  });
});

describe("the comparison of what no one runs with the reasons", () => {
  const reason = { lines: ["two();"], why: "it is the end of the world" };

  it("finds what has no reason", () => {
    const all = [statement(1, "tests"), statement(2, "no one")];
    const unrun = { file: FILE, line: 2, code: "two();" };
    expect(explain(all, {}, read).unexplained).toEqual([unrun]);
    expect(explain(all, { "stacks/b.ts": [reason] }, read).unexplained).toEqual([unrun]);
    expect(explain(all, { [FILE]: [reason] }, read)).toEqual({ unexplained: [], obsolete: [] });
  });

  it("takes one reason for all that is left of a file, while there is some", () => {
    const rest = { [FILE]: [{ lines: "the rest", why: "it is played elsewhere" }] } as const;
    const none = { unexplained: [], obsolete: [] };
    expect(explain([statement(2, "no one")], rest, read)).toEqual(none);
    const obsolete = [`${FILE}: it is played elsewhere`];
    expect(explain([statement(2, "tests")], rest, read)).toEqual({ unexplained: [], obsolete });
  });

  it("finds reasons of what is run", () => {
    const all = [statement(1, "no one"), statement(2, "processes")];
    expect(explain(all, { [FILE]: [reason] }, read).obsolete).toEqual([`${FILE}: two();`]);
  });

  it("takes one reason for the lines of a folder that have a pattern", () => {
    const guard = { lines: [/^two/], why: "it is the end of the world" };
    const none = { unexplained: [], obsolete: [] };
    expect(explain([statement(2, "no one")], { "stacks/": [guard] }, read)).toEqual(none);
    for (const place of ["stack/", "stacks/b/"]) {
      const { unexplained, obsolete } = explain(
        [statement(2, "no one")],
        { [place]: [guard] },
        read,
      );
      expect(unexplained).toHaveLength(1);
      expect(obsolete).toEqual([`${place}: /^two/`]);
    }
  });

  it("keeps a reason of what some runs of the tests run by chance", () => {
    const chance = { [FILE]: [{ ...reason, isChance: true as const }] };
    const none = { unexplained: [], obsolete: [] };
    for (const by of ["tests", "no one"] as const)
      expect(explain([statement(2, by)], chance, read)).toEqual(none);
  });
});
