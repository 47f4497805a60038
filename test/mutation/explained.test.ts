import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { equivalents } from "./equivalent/index.ts";
import { explain } from "./explained.ts";
import { LEFT_OUT, PARTS, subjectsOf } from "./parts.ts";

const ROOT = join(import.meta.dirname, "../..");
const survivor = { file: "a.ts", line: 2, code: "if (a > 1) {", mutant: "if (a >= 1) {" };
const { code, mutant } = survivor;
const known = { code, mutant, why: "a is never 1" };

describe("the comparison of survivors with the list of equivalent mutants", () => {
  it("takes those for explained that the list of their file has", () => {
    const { unexplained, obsolete } = explain([survivor], { "a.ts": [known] }, ["a.ts"]);
    expect({ unexplained, obsolete }).toEqual({ unexplained: [], obsolete: [] });
  });

  it.each([
    ["another file", { "b.ts": [known] }],
    ["another line", { "a.ts": [{ ...known, code: "if (b > 1) {" }] }],
    ["another mutant", { "a.ts": [{ ...known, mutant: "if (true) {" }] }],
  ])("finds one unexplained for which there is only %s", (_what, list) => {
    expect(explain([survivor], list, []).unexplained).toEqual([survivor]);
  });

  it("finds a reason obsolete whose mutant does not survive, in the files that were mutated", () => {
    const list = { "a.ts": [known], "b.ts": [known] };
    expect(explain([], list, ["a.ts"]).obsolete).toEqual([`a.ts: ${code} -> ${mutant}`]);
  });
});

describe("the list of equivalent mutants", () => {
  const files = PARTS.flatMap((part) => part.files.map((file) => `${part.folder}/${file}`));

  it("is about lines that are in the sources, and gives a reason for each", () => {
    const entries = Object.entries(equivalents);
    expect(entries.length).toBeGreaterThan(0);
    for (const [file, list] of entries) {
      expect(files).toContain(file);
      const lines = readFileSync(join(ROOT, file), "utf8").split("\n");
      const trimmed = new Set(lines.map((line) => line.trim()));
      for (const each of list) {
        expect(trimmed).toContain(each.code);
        expect(each.why.length).toBeGreaterThan(10);
      }
    }
  });

  it("and the parts name files that exist", () => {
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  // Their templates are those of a first run, and what a rule refuses is not written.
  it("expects no environment to be refused in the tests of the rules", () => {
    const folder = join(ROOT, "test/stacks/rules");
    const tests = readdirSync(folder).filter((file) => file.endsWith("-rules.test.ts"));
    expect(tests.length).toBeGreaterThan(10);
    const refusing = tests.filter((file) =>
      readFileSync(join(folder, file), "utf8").includes("RuleError"),
    );
    expect(refusing).toEqual([]);
  });

  it("leaves out no file of a folder but those of which it is said why", () => {
    const folders = [...new Set(PARTS.map(({ folder }) => folder))];
    const all = folders.flatMap((folder) =>
      readdirSync(join(ROOT, folder)).map((file) => `${folder}/${file}`),
    );
    expect([...files, ...Object.keys(LEFT_OUT)].toSorted()).toEqual(all.toSorted());
  });
});

describe("the files that are mutated", () => {
  const parts = [
    { folder: "x/a", files: ["one.ts", "two.ts"], tests: ["a"] },
    { folder: "x/b", files: ["one.ts"], tests: ["b"] },
    { folder: "x/b", files: ["two.ts"], tests: ["c"] },
  ];
  const filesOf = (path: string | undefined) => subjectsOf(path, parts).map(({ file }) => file);

  it("are all there are, or those of a folder, or one", () => {
    expect(filesOf(undefined)).toEqual(["x/a/one.ts", "x/a/two.ts", "x/b/one.ts", "x/b/two.ts"]);
    expect(filesOf("x/a")).toEqual(["x/a/one.ts", "x/a/two.ts"]);
    expect(subjectsOf("x/b/one.ts", parts)).toEqual([
      { folder: "x/b", file: "x/b/one.ts", tests: ["b"] },
    ]);
  });

  it("are refused by another path, which says what is allowed", () => {
    expect(() => filesOf("x/c")).toThrow(
      "error: argument [path]: got x/c; allowed: a folder or a file of x/a (one.ts, two.ts); x/b (one.ts, two.ts)",
    );
  });
});
