import Table from "cli-table3";
import pc from "picocolors";
import type { Recording } from "../../plays/stage/recording.ts";
import { failed } from "../../plays/stage/results.ts";

const HEAD = ["step", "measured", "value"];

/**
 * The figures and the failed expectations.
 * @param columns the width of the terminal; wider cells are wrapped
 */
export function renderSummary(
  recording: Pick<Recording, "figures" | "expectations">,
  columns = Infinity,
): string {
  // An unwrapped address may leave too little space for the other columns.
  const tables = [WORDS, WORDS_AND_ADDRESSES].map((breaks) => tableOf(recording, breaks, columns));
  const [table = ""] = tables.toSorted((one, other) => heightOf(one) - heightOf(other));
  const failures = failed(recording);
  const verdict =
    failures.length === 0
      ? [held(recording)]
      : failures.map(({ step, claim, seen }) => pc.red(`✗ ${step}: ${claim}; seen: ${seen}`));
  return [table, "", ...verdict, ""].join("\n");
}

/** Known flaws that were seen are not a success. */
function held({ expectations }: Pick<Recording, "expectations">): string {
  const flaws = expectations.filter(({ isFlaw }) => isFlaw).length;
  const others = expectations.length - flaws;
  if (flaws === 0) return pc.green(`✓ all ${others} expectations held`);
  return pc.yellow(
    `! this setup fails as expected: its ${flaws} known flaws were seen; the other ${others} expectations held`,
  );
}

/** Positions where a cell may be wrapped. */
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

/** Splits words that are wider than their column. The table itself wraps only at spaces. */
function brokenAt(breaks: RegExp, text: string, width: number): string {
  return text.replaceAll(/\S+/g, (word) =>
    word.length > width ? word.split(breaks).join("\n") : word,
  );
}

/** The padding of a cell, both sides. */
const PADDING = 2;

/** The width of each column with padding, if cells are wrapped at the pattern. */
function widthsOf({ figures }: Pick<Recording, "figures">, breaks: RegExp): number[] {
  const rows = [HEAD, ...figures.map(({ step, name, value }) => [step, name, value])];
  const longest = (column: number): number =>
    Math.max(
      ...rows.flatMap((row) => (row[column] ?? "").split(breaks).map(({ length }) => length)),
    );
  return HEAD.map((_, column) => longest(column) + PADDING);
}

/** Narrows the widest column repeatedly without splitting words. */
function fitted(widths: readonly number[], least: readonly number[], columns: number): number[] {
  const fitting = [...widths];
  // One border per column and one at the end.
  let excess = fitting.reduce((sum, width) => sum + width + 1, 1) - columns;
  for (; excess > 0; excess -= 1) {
    const spare = fitting.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
    const widest = Math.max(...spare);
    if (widest === 0) break;
    fitting[spare.indexOf(widest)] = widest - 1;
  }
  return fitting;
}
