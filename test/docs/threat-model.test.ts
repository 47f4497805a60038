import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/threat-model.md"), "utf8");

interface Row {
  readonly claim: string;
  readonly tests: readonly { readonly title: string; readonly path: string }[];
}

/** The rows of the tables with a column "cannot". */
function rowsOf(text: string): Row[] {
  const tables = text.split("\n\n").filter((part) => /^\| cannot +\|/.test(part));
  return tables.flatMap((table) =>
    table
      .trim()
      .split("\n")
      .slice(2)
      .map((line) => {
        const [claim = "", proof = ""] = line.slice(1).split(" | ");
        const links = Array.from(proof.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g));
        return {
          claim: claim.trim(),
          tests: links.map(([, title = "", path = ""]) => ({ title, path })),
        };
      }),
  );
}

/** Why a test is none; undefined for one that its file has. */
function problemOf({ title, path }: Row["tests"][number]): string | undefined {
  if (!existsSync(join(ROOT, path))) return `there is no ${path}`;
  const text = readFileSync(join(ROOT, path), "utf8");
  // The title as the first argument of it() or test(), or of what each() gives.
  const quoted = ['"', "`"].map((quote) => `${quote}${title}${quote},`);
  return quoted.some((each) => text.includes(each)) ? undefined : `${path} has no "${title}"`;
}

const rows = rowsOf(page);

describe("docs/threat-model.md", () => {
  it("has a test for each claim that something cannot be", () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it("names tests that there are, by their titles", () => {
    expect(rows.flatMap(({ tests }) => tests.flatMap((test) => problemOf(test) ?? []))).toEqual([]);
  });
});

describe("the check of docs/threat-model.md", () => {
  it("reads claims and tests", () => {
    const table =
      "| cannot | test |\n| - | - |\n| fly | [stays down](../test/a.test.ts), [sinks](../test/b.test.ts) |\n| swim | none |";
    expect(rowsOf(`# Title\n\n${table}\n\nText`)).toEqual([
      {
        claim: "fly",
        tests: [
          { title: "stays down", path: "test/a.test.ts" },
          { title: "sinks", path: "test/b.test.ts" },
        ],
      },
      { claim: "swim", tests: [] },
    ]);
  });

  it("finds a test that is gone", () => {
    const path = "test/docs/threat-model.test.ts";
    expect(problemOf({ title: "finds a test that is gone", path })).toBeUndefined();
    expect(problemOf({ title: "was never there", path: "test/gone.ts" })).toBe(
      "there is no test/gone.ts",
    );
    expect(problemOf({ title: ["was", "never"].join(" "), path })).toContain('has no "was never"');
  });
});
