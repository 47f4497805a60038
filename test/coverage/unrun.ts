import type { Statement } from "./statements.ts";

/** Statements that no test runs, and why. */
export interface Reason {
  /** The lines where they begin, by their text or a pattern of it; or all that are left. */
  readonly lines: readonly (string | RegExp)[] | "the rest";
  readonly why: string;
  /** Some runs of the tests do run them, by chance: the reason is kept then. */
  readonly isChance?: true;
}

/** By file, or by folder, which ends with a slash. */
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
  const known = Object.entries(reasons).flatMap(([place, list]) =>
    list.flatMap(({ lines, why, isChance }) =>
      (lines === "the rest" ? [undefined] : lines).map((line) => ({
        covers: ({ file, code }: Unrun) =>
          isIn(place, file) && (line === undefined || isAt(line, code)),
        name: `${place}: ${line?.toString() ?? why}`,
        isChance,
      })),
    ),
  );
  return {
    unexplained: all.filter((each) => !known.some(({ covers }) => covers(each))),
    obsolete: known
      .filter(({ covers, isChance }) => !isChance && !all.some(covers))
      .map(({ name }) => name),
  };
}

function isIn(place: string, file: string): boolean {
  return place.endsWith("/") ? file.startsWith(place) : file === place;
}

function isAt(line: string | RegExp, code: string): boolean {
  return typeof line === "string" ? line === code : line.test(code);
}
