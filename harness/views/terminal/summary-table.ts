import Table from "cli-table3";
import pc from "picocolors";
import type { Recording } from "../../plays/stage/recording.ts";
import { failed } from "../../plays/stage/results.ts";

const HEAD = ["step", "measured", "value"];

/**
 * What was measured, and every expectation that did not hold.
 * @param columns how wide the terminal is: wider cells are broken at their words
 */
export function renderSummary(
  recording: Pick<Recording, "figures" | "expectations">,
  columns = Infinity,
): string {
  // An address that is left whole may leave too little room for all the rest.
  const tables = [WORDS, WORDS_AND_ADDRESSES].map((breaks) => tableOf(recording, breaks, columns));
  const [table = ""] = tables.toSorted((one, other) => heightOf(one) - heightOf(other));
  const failures = failed(recording);
  const verdict =
    failures.length === 0
      ? [held(recording)]
      : failures.map(({ step, claim, seen }) => pc.red(`✗ ${step}: ${claim}; seen: ${seen}`));
  return [table, "", ...verdict, ""].join("\n");
}

/** What a setup is known to do wrong was seen: that is no success. */
function held({ expectations }: Pick<Recording, "expectations">): string {
  const flaws = expectations.filter(({ isFlaw }) => isFlaw).length;
  const others = expectations.length - flaws;
  if (flaws === 0) return pc.green(`✓ all ${others} expectations held`);
  return pc.yellow(
    `! this setup fails as expected: its ${flaws} known flaws were seen; the other ${others} expectations held`,
  );
}

/** Where a cell may be broken. */
const WORDS = /\s/;
const WORDS_AND_ADDRESSES = /\s|(?<=\.)(?=[a-z])/;

const heightOf = (table: string): number => table.split("\n").length;

function tableOf(recording: Pick<Recording, "figures">, breaks: RegExp, columns: number): string {
  const widths = fitted(widthsOf(recording, /\n/), widthsOf(recording, breaks), columns);
  const table = new Table({
    head: HEAD,
    style: { head: [], border: [] },
    colWidths: widths,
    wordWrap: true,
    // No lines between rows.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  let last = "";
  for (const { step, name, value } of recording.figures) {
    const broken = brokenAt(breaks, value, (widths.at(-1) ?? Infinity) - PADDING);
    table.push([step === last ? "" : pc.bold(step), name, broken]);
    last = step;
  }
  return table.toString();
}

/** Breaks words that are wider than their column: the table itself breaks at spaces alone. */
function brokenAt(breaks: RegExp, text: string, width: number): string {
  return text.replaceAll(/\S+/g, (word) =>
    word.length > width ? word.split(breaks).join("\n") : word,
  );
}

/** Spaces of a cell, on both sides together. */
const PADDING = 2;

/** How wide each column is, its spaces included, where a cell breaks at what matches. */
function widthsOf({ figures }: Pick<Recording, "figures">, breaks: RegExp): number[] {
  const rows = [HEAD, ...figures.map(({ step, name, value }) => [step, name, value])];
  const longest = (column: number): number =>
    Math.max(
      ...rows.flatMap((row) => (row[column] ?? "").split(breaks).map(({ length }) => length)),
    );
  return HEAD.map((_, column) => longest(column) + PADDING);
}

/** Takes from the widest column what is too much, and again, as long as no word is broken. */
function fitted(widths: readonly number[], least: readonly number[], columns: number): number[] {
  const fitting = [...widths];
  // A line before each column, and one after the last.
  let excess = fitting.reduce((sum, width) => sum + width + 1, 1) - columns;
  for (; excess > 0; excess -= 1) {
    const spare = fitting.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
    const widest = Math.max(...spare);
    if (widest === 0) break;
    fitting[spare.indexOf(widest)] = widest - 1;
  }
  return fitting;
}
