import type { Answer } from "./answers.ts";
import { REPLY_KINDS } from "./replies.ts";

/** What one `resolveSrv` answered to each kind of reply. */
export interface Column {
  /** Whose it is. Only columns of the same may become one. */
  readonly whose: string;
  /** Empty if it does not matter. */
  readonly version: string;
  readonly answers: readonly Answer[];
}

/** A Markdown table with a row for each kind of reply. Columns that differ only in times become one. */
export function toTable(columns: readonly Column[]): string {
  const groups = new Map<string, Column[]>();
  for (const column of columns) {
    const key = [column.whose, ...column.answers.map(resultOf)].join(",");
    groups.set(key, [...(groups.get(key) ?? []), column]);
  }
  const shared = [...groups.values()];
  const head = ["reply", ...shared.map(nameOf)];
  const rows = REPLY_KINDS.map(({ title }, row) => [
    title,
    ...shared.map((group) => cellOf(group.flatMap(({ answers }) => answers[row] ?? []))),
  ]);
  const lines = [head, head.map(() => "-"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function nameOf(group: readonly Column[]): string {
  const versions = group.map(({ version }) => version).filter(Boolean);
  return `${group[0]?.whose} ${versions.join(", ")}`.trim();
}

/** The answer without the time. */
export function resultOf(answer: Answer): string {
  if ("code" in answer) return answer.code;
  const { length } = answer.records;
  return length === 1 ? "the record" : `${length} records`;
}

/** @param answers equal except for their times */
function cellOf(answers: readonly Answer[]): string {
  const seconds = answers.flatMap((answer) => ("code" in answer ? [answer.seconds] : []));
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)];
  const [result = ""] = answers.map(resultOf);
  if (seconds.length === 0 || most === 0) return result;
  return `${result} after ${least === most ? "" : `${least} to `}${most} s`;
}
