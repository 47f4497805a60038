import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ROOT } from "./paths.ts";
import { type BuiltScripts, Processes } from "./processes.ts";

const SOURCE = "stacks/a.ts";
/** `a` begins at 1:0, `b` in a function at 2:2, `c` in a block of it at 3:4. */
const CODE = ["a();", "  b();", "    c();"];
const lineLengths = CODE.map((line) => line.length);
const A = { line: 1, column: 0 };
const B = { line: 2, column: 2 };
const C = { line: 3, column: 4 };

/** A map in which each of the three begins where it is in the source. */
const mapOf = (source: string) => ({
  version: 3,
  names: [],
  sources: [source],
  mappings: "AAAA;EACE;IACE",
});

const range = (startOffset: number, count: number) => ({ startOffset, endOffset: 19, count });

/** What a process writes that ran the function so often, and the block in it. */
function reportOf(url: string, [inFunction, inBlock]: readonly [number, number]) {
  const functions = [
    { ranges: [range(0, 1)] },
    { ranges: [range(5, inFunction), range(12, inBlock)] },
  ];
  return {
    result: [{ url, functions }],
    "source-map-cache": { [url]: { lineLengths, data: mapOf(url) } },
  };
}

function taken(reports: readonly object[], built: BuiltScripts = new Map()): Processes {
  const folder = mkdtempSync(join(tmpdir(), "processes-"));
  try {
    for (const [index, report] of reports.entries()) {
      writeFileSync(join(folder, `${index}.json`), JSON.stringify(report));
    }
    const processes = new Processes();
    processes.takeFrom(folder, built);
    expect(readdirSync(folder)).toEqual([]);
    return processes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("what the processes of the tests have run", () => {
  const url = pathToFileURL(join(ROOT, SOURCE)).href;
  const ran = (processes: Processes, source = SOURCE): boolean[] =>
    [A, B, C].map((place) => processes.hasRun(source, place));

  it.each([
    [[0, 0] as const, [true, false, false]],
    [[1, 0] as const, [true, true, false]],
    [[1, 2] as const, [true, true, true]],
  ])("goes by the innermost range of a place: counts %j", (counts, expected) => {
    expect(ran(taken([reportOf(url, counts)]))).toEqual(expected);
  });

  it("is what any of them has run", () => {
    const processes = taken([reportOf(url, [1, 0]), reportOf(url, [0, 0])]);
    expect(ran(processes)).toEqual([true, true, false]);
    expect(processes.count).toBe(2);
  });

  it("is nothing of a source that none of them has loaded, or of other scripts", () => {
    const processes = taken([
      reportOf("file:///elsewhere/a.ts", [1, 1]),
      reportOf(pathToFileURL(join(ROOT, "test/a.ts")).href, [1, 1]),
      { result: [{ url: "node:fs", functions: [] }] },
    ]);
    expect(ran(processes)).toEqual([false, false, false]);
    expect(ran(processes, "test/a.ts")).toEqual([false, false, false]);
  });

  it("is what the built package has run, wherever it is installed", () => {
    const built = new Map([
      ["runtime/src/cli/ping.ts", { lineLengths, data: mapOf("../../runtime/src/cli/ping.ts") }],
    ]);
    const { result } = reportOf("file:///tmp/x/node_modules/srv-dialer/dist/cli/ping.js", [1, 0]);
    expect(ran(taken([{ result }], built), "runtime/src/cli/ping.ts")).toEqual([true, true, false]);
  });
});
