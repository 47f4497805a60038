import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

import { makeResults } from "../../harness/results/write-results.ts";
import type { MeasuredFigure } from "./figure.ts";
import { benchPage } from "./page.ts";

const BENCHMARKS = new URL("../../runtime/BENCHMARKS.md", import.meta.url);

const figure: MeasuredFigure = {
  name: "warm",
  title: "warm connect / net.connect",
  value: 1.06,
  unit: "×",
  goal: { most: 1.1 },
  entries: [{ contestant: "net.connect", measured: { p25: 1, median: 2, p75: 3 }, unit: "µs" }],
};

it("the page has the tables of the file, where and when they were measured, and its own words", () => {
  const page = readFileSync(BENCHMARKS, "utf8");
  const made = benchPage(
    page,
    makeResults("npm run bench", { reports: [figure] }, { go: "1.26" }, new Date(0)),
  );
  expect(made).toMatch(/-->\n\n1970-01-01, .*, Node\.js \S+, go 1\.26, loopback\.\n\n\| figure/);
  expect(made).toContain(
    "| warm connect / net.connect | 1.06 × |            | ≤ 1.10 × | met     |",
  );
  expect(made).not.toContain("unbound                 |");
  const [before = "", after = ""] = [page.split("<!--", 1)[0], page.split("<!-- end -->")[1]];
  expect(made.startsWith(before)).toBe(true);
  expect(made.endsWith(after)).toBe(true);
});
