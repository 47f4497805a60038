import { table } from "../docs/markdown.ts";

/** A step that has ended, or that this rehearsal does not have. */
export interface Step {
  readonly mark: "✓" | "✗" | "–";
  readonly name: string;
  readonly took?: string;
  /** One line, and more lines below it. */
  readonly result: string;
  /** What users noticed meanwhile. */
  readonly users?: string | undefined;
}

/** A step as printed. */
export function lineOf({ mark, name, result, users }: Step): string {
  const lines = users === undefined ? result : `${result}\nusers: ${users}`;
  return `${mark} ${name.padEnd(16)} ${lines}`.replaceAll("\n", "\n    ");
}

/** The page of results, as Markdown. @param end what is left */
export function pageOf(title: string, steps: readonly Step[], end: string): string {
  const head = ["", "step", "took", "result", "what users noticed"];
  const rows = steps.map(({ mark, name, took = "", result, users = "" }) => {
    return [mark, name, took, result.split("\n")[0] ?? "", users];
  });
  const details = steps.flatMap(({ name, result }) => {
    const [, ...lines] = result.split("\n");
    return lines.length === 0 ? [] : [`${name}:`, "", "```text", ...lines, "```", ""];
  });
  return [`# ${title}`, "", table(head, rows), "", ...details, end, ""].join("\n");
}
