/** Of the report that Stryker writes (mutation-testing-report-schema), what is read of it. */
export interface Report {
  readonly files: Readonly<Record<string, FileReport>>;
}

interface FileReport {
  readonly source: string;
  readonly mutants: readonly MutantReport[];
}

interface MutantReport {
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: Position; readonly end: Position };
}

/** Both from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mutant that no test noticed. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  /** The line where it begins. */
  readonly code: string;
  /** What stands in its place, on one line. */
  readonly mutant: string;
}

/** How many mutants there are, and what became of them. */
export interface Tally {
  readonly mutants: number;
  readonly killed: number;
  /** The tests ran without an end, which counts as noticed. */
  readonly timedOut: number;
  readonly survived: number;
}

/** Of several runs together. */
export interface Score extends Tally {
  /** Of all mutants, those that a test noticed. */
  readonly percent: number;
}

const LONGEST = 160;

export function survivorsIn({ files }: Report): readonly Survivor[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants.filter(isUnnoticed).map((mutant) => ({
      file,
      line: mutant.location.start.line,
      code: (lines[mutant.location.start.line - 1] ?? "").trim(),
      mutant: mutated(lines, mutant),
    }));
  });
}

/** A mutant that does not run at all is none. */
export function tallyOf({ files }: Report): Tally {
  const all = Object.values(files).flatMap(({ mutants }) => mutants);
  const count = (...statuses: readonly string[]): number =>
    all.filter(({ status }) => statuses.includes(status)).length;
  const killed = count("Killed");
  const timedOut = count("Timeout");
  const survived = all.filter(isUnnoticed).length;
  return { mutants: killed + timedOut + survived, killed, timedOut, survived };
}

export function scoreOf(tallies: readonly Tally[]): Score {
  const sum = (of: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const killed = sum((each) => each.killed);
  const timedOut = sum((each) => each.timedOut);
  const mutants = sum((each) => each.mutants);
  const percent = Math.round((1000 * (killed + timedOut)) / mutants) / 10;
  return { mutants, killed, timedOut, survived: sum((each) => each.survived), percent };
}

function isUnnoticed({ status }: MutantReport): boolean {
  return status === "Survived" || status === "NoCoverage";
}

function mutated(lines: readonly string[], { location, replacement = "" }: MutantReport): string {
  const { start, end } = location;
  const before = (lines[start.line - 1] ?? "").slice(0, start.column - 1);
  const after = (lines[end.line - 1] ?? "").slice(end.column - 1);
  const text = `${before}${replacement}${after}`.replaceAll(/\s+/g, " ").trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
