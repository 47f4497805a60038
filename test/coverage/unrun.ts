import type { Statement } from "./statements.ts";

/** Statements of a file that no test runs: the lines where they begin, or all that are left, and why. */
export interface Reason {
  readonly lines: readonly string[] | "the rest";
  readonly why: string;
}

/** By file. */
export type Reasons = Readonly<Record<string, readonly Reason[]>>;

export interface Unrun {
  readonly file: string;
  readonly line: number;
  /** The text of the line. */
  readonly code: string;
}

/** Compares what no one runs with the list of reasons. */
export function explain(
  statements: readonly Statement[],
  reasons: Reasons,
  read: (file: string) => string,
): { unexplained: readonly Unrun[]; obsolete: readonly string[] } {
  const unrun = statements.filter(({ by }) => by === "no one");
  const files = new Map(
    [...new Set(unrun.map(({ file }) => file))].map((file) => [file, read(file).split("\n")]),
  );
  const all = unrun.map(({ file, line }) => ({
    file,
    line,
    code: (files.get(file)?.[line - 1] ?? "").trim(),
  }));
  const isExplained = ({ file, code }: Unrun): boolean =>
    (reasons[file] ?? []).some(({ lines }) => lines === "the rest" || lines.includes(code));
  const isUnrun = (file: string, code?: string): boolean =>
    all.some((each) => each.file === file && (code === undefined || each.code === code));
  const obsolete = Object.entries(reasons).flatMap(([file, list]) =>
    list.flatMap(({ lines, why }) => {
      if (lines === "the rest") return isUnrun(file) ? [] : [`${file}: ${why}`];
      return lines.filter((code) => !isUnrun(file, code)).map((code) => `${file}: ${code}`);
    }),
  );
  return { unexplained: all.filter((each) => !isExplained(each)), obsolete };
}
