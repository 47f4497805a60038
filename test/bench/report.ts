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

const GOALS = ["figure", "value", "p25 to p75", "goal", "verdict"];
const CONTESTANTS = ["figure", "contestant", "median", "p25 to p75", "note"];

/** Two tables: every figure with goal and verdict, then what each contestant took. */
export function renderTables(figures: readonly FigureReport[], about: Circumstances): string {
  const tables = [table(GOALS, goalRows(figures)), table(CONTESTANTS, contestantRows(figures))];
  return `${[where(about), ...tables].join("\n")}\n`;
}

/** The same in Markdown, for a page that is kept. */
export function renderMarkdown(figures: readonly FigureReport[], about: Circumstances): string {
  const tables = [
    markdown(GOALS, goalRows(figures)),
    markdown(CONTESTANTS, contestantRows(figures)),
  ];
  return `${[where(about), ...tables].join("\n\n")}\n`;
}

export function renderJson(figures: readonly FigureReport[], about: Circumstances): string {
  const judged = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  return `${JSON.stringify({ ...about, figures: judged }, undefined, 2)}\n`;
}

function goalRows(figures: readonly FigureReport[]): string[][] {
  return figures.map((figure) => {
    const { title, value, spread, unit, goal } = figure;
    const verdict = isMet(figure) ? "met" : "MISSED";
    return [title, amount(value, unit), span(spread, unit), `≤ ${amount(goal, unit)}`, verdict];
  });
}

function contestantRows(figures: readonly FigureReport[]): string[][] {
  return figures.flatMap(({ name, entries }) =>
    entries.map(({ contestant, measured, unit, note }) => [
      name,
      contestant,
      amount(measured.median, unit),
      span(measured, unit),
      note ?? "",
    ]),
  );
}

function where({ node, cpus, cpu, quick }: Circumstances): string {
  const short = quick ? "; a quick run, whose figures say little" : "";
  return `Node.js ${node}, ${cpus} × ${cpu}, loopback${short}`;
}

function table(head: string[], rows: string[][]): string {
  // No colours: a bench's output is kept and compared.
  const drawn = new Table({ head, style: { head: [], border: [], compact: true } });
  drawn.push(...rows);
  return drawn.toString();
}

function markdown(head: string[], rows: string[][]): string {
  const rule = head.map(() => "---");
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function span(spread: Spread | undefined, unit: Entry["unit"]): string {
  if (spread === undefined || spread.p25 === spread.p75) return "";
  return `${amount(spread.p25, unit)} to ${amount(spread.p75, unit)}`;
}

function amount(value: number, unit: string): string {
  const isFine = unit === "kB" || Math.abs(value) < 10;
  const digits = unit === "×" ? 2 : isFine && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`.trim();
}
