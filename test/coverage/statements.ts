import { relative } from "node:path";
import { FOLDERS, ROOT } from "./paths.ts";
import type { Place, Processes } from "./processes.ts";

/** Of the report that Vitest writes (in the format of Istanbul), what is read of it. */
export type Report = Readonly<
  Record<
    string,
    {
      readonly statementMap: Readonly<Record<string, { readonly start: Place }>>;
      readonly s: Readonly<Record<string, number>>;
    }
  >
>;

/** A statement of a source, and who has run it. */
export interface Statement {
  readonly file: string;
  readonly line: number;
  readonly by: "tests" | "processes" | "no one";
}

/** Every statement of the sources. Each report has all of them, whatever its tests ran. */
export function statementsOf(
  reports: readonly Report[],
  processes: Processes,
): readonly Statement[] {
  return Object.entries(Object.assign({}, ...reports) as Report).flatMap(
    ([path, { statementMap }]) => {
      const file = relative(ROOT, path);
      if (!FOLDERS.some((folder) => file.startsWith(`${folder}/`))) return [];
      return Object.entries(statementMap).map(([id, { start }]): Statement => {
        const isTested = reports.some((report) => (report[path]?.s[id] ?? 0) > 0);
        if (isTested) return { file, line: start.line, by: "tests" };
        const isRun = processes.hasRun(file, start);
        return { file, line: start.line, by: isRun ? "processes" : "no one" };
      });
    },
  );
}

export interface Tally {
  readonly statements: number;
  readonly run: number;
  /** Of these, only by processes that tests have started. */
  readonly byProcesses: number;
  readonly percent: number;
}

/** @throws when there is none: what measured nothing has failed */
export function tallyOf(statements: readonly Statement[]): Tally {
  if (statements.length === 0) throw new Error("there are no statements");
  const run = statements.filter(({ by }) => by !== "no one").length;
  return {
    statements: statements.length,
    run,
    byProcesses: statements.filter(({ by }) => by === "processes").length,
    percent: Math.floor((1000 * run) / statements.length) / 10,
  };
}
