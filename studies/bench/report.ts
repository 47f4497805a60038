import Table from "cli-table3";
import { table as markdownTable } from "../../harness/results/markdown.ts";
import type { FigureReport, Goal } from "./figure.ts";
import { verdictOf } from "./figure.ts";
import type { Spread } from "./statistics.ts";

/** The environment of the measurements. */
export interface Machine {
  readonly node: string;
  readonly cpus: number;
  readonly cpu: string;
  readonly quick: boolean;
}

const GOALS = ["figure", "value", "p25 to p75", "goal", "verdict"];
const CONTESTANTS = ["figure", "contestant", "median", "p25 to p75", "note"];

/** Two tables: figures with goal and verdict, then the times of contestants. */
export function renderTables(figures: readonly FigureReport[], about: Machine): string {
  const tables = [table(GOALS, goalRows(figures)), table(CONTESTANTS, contestantRows(figures))];
  return `${[where(about), ...tables].join("\n")}\n`;
}

/** The same tables in Markdown. */
export function renderMarkdown(figures: readonly FigureReport[]): string {
  return [
    markdownTable(GOALS, goalRows(figures)),
    markdownTable(CONTESTANTS, contestantRows(figures)),
  ].join("\n\n");
}

export function renderJson(figures: readonly FigureReport[], about: Machine): string {
  const judged = figures.map((figure) => ({ ...figure, verdict: verdictOf(figure) }));
  return `${JSON.stringify({ ...about, figures: judged }, undefined, 2)}\n`;
}

function goalRows(figures: readonly FigureReport[]): string[][] {
  return figures.map((figure) => {
    const verdict = verdictOf(figure);
    if ("skipped" in figure) return [figure.title, "", "", "", `${verdict}: ${figure.skipped}`];
    const { title, value, spread, unit, goal } = figure;
    return [title, amount(value, unit), span(spread, unit), goalText(goal, unit), verdict];
  });
}

function goalText(goal: Goal, unit: string): string {
  if ("most" in goal) return `≤ ${amount(goal.most, unit)}`;
  return `${digits(goal.around, unit)} ± ${amount(goal.within, unit)}`;
}

function contestantRows(figures: readonly FigureReport[]): string[][] {
  return figures.flatMap((figure) =>
    ("skipped" in figure ? [] : figure.entries).map(({ contestant, measured, unit, note }) => [
      figure.name,
      contestant,
      amount(measured.median, unit),
      span(measured, unit),
      note ?? "",
    ]),
  );
}

function where({ node, cpus, cpu, quick }: Machine): string {
  const short = quick ? "; quick run, figures are not accurate" : "";
  return `Node.js ${node}, ${cpus} × ${cpu}, loopback${short}`;
}

function table(head: string[], rows: string[][]): string {
  // No colours, because the output is saved and compared.
  const printed = new Table({ head, style: { head: [], border: [], compact: true } });
  printed.push(...rows);
  return printed.toString();
}

function span(spread: Spread | undefined, unit: string): string {
  if (spread === undefined || spread.p25 === spread.p75) return "";
  return `${amount(spread.p25, unit)} to ${amount(spread.p75, unit)}`;
}

function amount(value: number, unit: string): string {
  return `${digits(value, unit)} ${unit}`.trim();
}

function digits(value: number, unit: string): string {
  const isFine = unit === "kB" || Math.abs(value) < 10;
  return value.toFixed(unit === "×" ? 2 : isFine && !Number.isInteger(value) ? 1 : 0);
}
