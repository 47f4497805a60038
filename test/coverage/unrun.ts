import type { Statement } from "./statements.ts";

/** Statements of a file that no test runs: the lines where they begin, and why. */
export interface Reason {
  readonly lines: readonly string[];
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
    (reasons[file] ?? []).some(({ lines }) => lines.includes(code));
  const obsolete = Object.entries(reasons).flatMap(([file, list]) =>
    list
      .flatMap(({ lines }) => lines)
      .filter((code) => !all.some((each) => each.file === file && each.code === code))
      .map((code) => `${file}: ${code}`),
  );
  return { unexplained: all.filter((each) => !isExplained(each)), obsolete };
}
