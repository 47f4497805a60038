import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { thisMachine } from "../../../harness/results/machine.ts";
import { readResults } from "../../../harness/results/results.ts";
import { checkWritable, makeResults, saveResults } from "../../../harness/results/write-results.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "results-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = (figures: Readonly<Record<string, unknown>>, name = "speed"): string =>
  saveResults(name, makeResults("npm run speed", figures, { redis: "7.0.15" }, NOON), folder);
const NOON = new Date("2026-03-04T12:00:00Z");

describe("results", () => {
  it("are read as they were written, with command, date, machine and versions", () => {
    write({ dial: { median: 1.5, unit: "ms" }, rounds: [1, 2], passed: true });
    expect(readResults("speed", folder)).toEqual({
      command: "npm run speed",
      date: "2026-03-04",
      machine: thisMachine(),
      versions: { node: process.versions.node, redis: "7.0.15" },
      figures: { dial: { median: 1.5, unit: "ms" }, rounds: [1, 2], passed: true },
    });
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["nothing was measured", {}, "npm run speed: figures: is empty"],
    ["a figure is not a number", { a: { b: [1, Number.NaN] } }, "figures.a.b.1 is NaN; allowed"],
    ["a figure is infinite", { a: Infinity }, "figures.a is Infinity; allowed"],
    ["a figure is missing", { a: 1, b: undefined }, "figures.b is undefined; allowed"],
    ["a figure is a date", { a: new Date(0) }, "figures.a is 1970-01-01T00:00:00.000Z; allowed"],
  ])("are not written when %s", (_title, figures, message) => {
    expect(() => write(figures)).toThrow(message);
    expect(() => readResults("speed", folder)).toThrow("ENOENT");
  });

  it("are not read from an invalid file", () => {
    writeFileSync(join(folder, "speed.json"), '{ "figures": { "a": 1 } }');
    expect(() => readResults("speed", folder)).toThrow(/speed\.json: command: .*machine: /);
  });
});

describe("the check before a measurement", () => {
  it("accepts a writable place without changing it", () => {
    const page = join(folder, "page.md");
    writeFileSync(page, "text");
    write({ a: 1 });
    const before = readResults("speed", folder);
    checkWritable("speed", [page], folder);
    checkWritable("other", [join(folder, "new.svg")], folder);
    expect(readdirSync(folder).toSorted()).toEqual(["page.md", "speed.json"]);
    expect(readFileSync(page, "utf8")).toBe("text");
    expect(readResults("speed", folder)).toEqual(before);
  });

  it.each<[string, string, readonly string[]]>([
    ["their file", "speed", []],
    ["a page that is made from them", "other", ["speed.json"]],
    ["the folder of such a page", "other", ["missing/page.md"]],
  ])("are not measured when %s cannot be written", (_title, name, pages) => {
    mkdirSync(join(folder, "speed.json"));
    const paths = pages.map((page) => join(folder, page));
    const place = pages[0]?.startsWith("missing") === true ? "missing" : "speed.json";
    expect(() => checkWritable(name, paths, folder)).toThrow(
      new RegExp(`^the figures cannot be written, so nothing is measured: .*${place}`),
    );
  });
});
