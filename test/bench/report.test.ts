import { describe, expect, it } from "vitest";

import type { Goal, LeftOutFigure, MeasuredFigure } from "./figure.ts";
import { renderJson, renderMarkdown, renderTables } from "./report.ts";

const about = { node: "v20.20.2", cpus: 2, cpu: "x64", quick: false };

const leftOut: LeftOutFigure = {
  name: "unbound",
  title: "cold connect / the original in Go",
  leftOut: "go is missing",
};

function figure(value: number, goal?: number | Goal): MeasuredFigure {
  const measured = { p25: 20, median: 24.4, p75: 31 };
  return {
    name: "warm",
    title: "warm connect / net.connect",
    value,
    spread: { p25: 1.1, median: value, p75: 1.3 },
    unit: "×",
    ...(goal === undefined ? {} : { goal: typeof goal === "number" ? { most: goal } : goal }),
    entries: [{ contestant: "net.connect", measured, unit: "µs", note: "beside it" }],
  };
}

describe("the report", () => {
  it("says of each figure its value, spread, goal and verdict", () => {
    const text = renderTables([figure(1.2, 1.2), figure(1.21, 1.2)], about);
    const [met, missed] = text.split("\n").filter(isWarm);
    expect(cells(met)).toEqual([
      "warm connect / net.connect",
      "1.20 ×",
      "1.10 × to 1.30 ×",
      "≤ 1.20 ×",
      "met",
    ]);
    expect(cells(missed)).toContain("MISSED");
  });

  it("puts every contestant beside the others", () => {
    const line = renderTables([figure(1, 2)], about)
      .split("\n")
      .find((each) => each.includes("beside it"));
    expect(cells(line)).toEqual(["warm", "net.connect", "24 µs", "20 µs to 31 µs", "beside it"]);
  });

  it("has the same in Markdown", () => {
    const lines = withoutPadding(renderMarkdown([figure(1.2, 1.2)])).split("\n");
    expect(lines).toContain(
      "| warm connect / net.connect | 1.20 × | 1.10 × to 1.30 × | ≤ 1.20 × | met |",
    );
    expect(lines).toContain("| warm | net.connect | 24 µs | 20 µs to 31 µs | beside it |");
  });

  it("warns of a quick run", () => {
    expect(renderTables([], { ...about, quick: true })).toContain("a quick run");
    expect(renderTables([], about)).not.toContain("a quick run");
  });

  it("as JSON has all of it, and the verdicts", () => {
    const { figures, ...rest } = JSON.parse(renderJson([figure(2, 1)], about));
    expect(rest).toEqual(about);
    expect(figures).toEqual([{ ...figure(2, 1), verdict: "MISSED" }]);
  });

  it("judges a value that may be too small as well as too great", () => {
    const goal = { around: 1, within: 0.02 };
    const lines = [0.97, 0.99, 1.03].map((value) =>
      cells(
        renderTables([figure(value, goal)], about)
          .split("\n")
          .find(isWarm),
      ),
    );
    expect(lines.map((line) => line.slice(-2))).toEqual([
      ["1.00 ± 0.02 ×", "MISSED"],
      ["1.00 ± 0.02 ×", "met"],
      ["1.00 ± 0.02 ×", "MISSED"],
    ]);
  });

  it("shows a value without a goal, and does not judge it", () => {
    expect(withoutPadding(renderMarkdown([figure(1.2)]))).toContain(
      "| warm connect / net.connect | 1.20 × | 1.10 × to 1.30 × | | no goal |",
    );
  });

  it("says of a figure that was left out why", () => {
    const text = withoutPadding(renderMarkdown([figure(1.2), leftOut]));
    expect(text).toContain("| cold connect / the original in Go | | | | left out: go is missing |");
    expect(text).not.toContain("| unbound |");
    expect(JSON.parse(renderJson([leftOut], about)).figures).toEqual([
      { ...leftOut, verdict: "left out" },
    ]);
  });

  it("takes a value that could not be measured for a missed goal", () => {
    expect(renderTables([figure(Number.NaN, 1)], about)).toContain("MISSED");
  });
});

function isWarm(line: string): boolean {
  return line.includes("warm connect");
}

/** The cells, whatever the width of their columns. */
const withoutPadding = (table: string): string => table.replaceAll(/ +/g, " ");

function cells(line: string | undefined): string[] {
  return (line ?? "")
    .split("│")
    .map((cell) => cell.trim())
    .filter((cell) => cell !== "");
}
