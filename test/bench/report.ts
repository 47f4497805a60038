import Table from "cli-table3";
import type { Entry, FigureReport } from "./figure.ts";
import { isMet } from "./figure.ts";
import type { Spread } from "./statistics.ts";

/** What the figures depend on, beside the code. */
export interface Circumstances {
  readonly node: string;
  readonly cpus: number;
  readonly cpu: string;
  readonly quick: boolean;
}

/** Two tables: every figure with goal and verdict, then what each contestant took. */
export function renderTables(figures: readonly FigureReport[], about: Circumstances): string {
  const goals = table(["figure", "value", "p25 to p75", "goal", "verdict"]);
  for (const figure of figures) {
    const { title, value, spread, unit, goal } = figure;
    const verdict = isMet(figure) ? "met" : "MISSED";
    goals.push([
      title,
      amount(value, unit),
      span(spread, unit),
      `≤ ${amount(goal, unit)}`,
      verdict,
    ]);
  }
  const details = table(["figure", "contestant", "median", "p25 to p75", "note"]);
  for (const { name, entries } of figures) {
    for (const { contestant, measured, unit, note } of entries) {
      const median = amount(measured.median, unit);
      details.push([name, contestant, median, span(measured, unit), note ?? ""]);
    }
  }
  const short = about.quick ? "; a quick run, whose figures say little" : "";
  const where = `Node.js ${about.node}, ${about.cpus} × ${about.cpu}, loopback${short}`;
  return `${where}\n${goals.toString()}\n${details.toString()}\n`;
}

export function renderJson(figures: readonly FigureReport[], about: Circumstances): string {
  const judged = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  return `${JSON.stringify({ ...about, figures: judged }, undefined, 2)}\n`;
}

function table(head: string[]): Table.Table {
  // No colours: a bench's output is kept and compared.
  return new Table({ head, style: { head: [], border: [], compact: true } });
}

function span(spread: Spread | undefined, unit: Entry["unit"]): string {
  if (spread === undefined || spread.p25 === spread.p75) return "";
  return `${amount(spread.p25, unit)} to ${amount(spread.p75, unit)}`;
}

function amount(value: number, unit: string): string {
  const digits = unit === "×" ? 2 : Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`.trim();
}
