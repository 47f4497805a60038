import { command, orExit, parse } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { equivalents } from "./equivalent/index.ts";
import { explain } from "./explained.ts";
import { subjectsOf } from "./parts.ts";
import { type Report, type Score, type Tally, scoreOf, survivorsIn, tallyOf } from "./report.ts";
import { VERSION, installStryker, runStryker } from "./stryker.ts";
import { readResults, resultNames } from "../../harness/results/results.ts";
import { checkWritable, writeResults } from "../../harness/results/write-results.ts";

// `npm run mutation`: changes the sources in one place at a time, and runs the pure
// tests on each mutant. One that no test notices must be in the list of equivalent mutants, with its reason.

const program = command(
  "npm run mutation --",
  "Runs the pure tests on sources that are changed in one place at a time.",
)
  .argument("[path]", "a file or a folder of the sources (default: all that are mutated)")
  .option("--fresh", "also what has not changed since the last run", false);
const { fresh } = orExit(() => parse(program, process.argv.slice(2)) as { fresh: boolean });

async function mutate(path: string | undefined, signal: AbortSignal): Promise<number> {
  const subjects = subjectsOf(path);
  const isKept = (folder: string): boolean => path === undefined || path === folder;
  if (subjects.some((subject) => isKept(subject.folder))) checkWritable("mutation");
  const folder = await installStryker(signal);
  const tallies = new Map<string, Tally[]>();
  let problems = 0;
  for (const subject of subjects) {
    const report = await runStryker(folder, subject, { isFresh: fresh, signal });
    const ofFolder = tallies.get(subject.folder) ?? [];
    tallies.set(subject.folder, [...ofFolder, checked(tallyOf(report))]);
    problems += tell(subject.file, report);
  }
  const scores = new Map([...tallies].map(([name, each]) => [name, scoreOf(each)] as const));
  for (const [name, score] of scores) console.log(`${name}: ${sentence(score)}`);
  if (problems > 0) return 1;
  const measured = [...scores].filter(([name]) => isKept(name));
  if (measured.length > 0) keep(Object.fromEntries(measured));
  return 0;
}

/** A folder at a time: all together take an hour. */
function keep(scores: Readonly<Record<string, Score>>): void {
  const others = resultNames().includes("mutation") ? readResults("mutation").figures : {};
  writeResults("mutation", "npm run mutation", { ...others, ...scores }, { stryker: VERSION });
}

/** @throws when nothing was mutated: a check that checked nothing has failed */
function checked(tally: Tally): Tally {
  if (tally.mutants === 0) throw new Error("no mutant was made");
  return tally;
}

function sentence({ mutants, killed, timedOut, survived, percent }: Score): string {
  return `${mutants} mutants, ${killed + timedOut} noticed (${timedOut} by timeout), ${survived} equivalent or not noticed: ${percent} %`;
}

/** Prints what must be looked at. @returns how much that is */
function tell(file: string, report: Report): number {
  const { unexplained, obsolete } = explain(survivorsIn(report), equivalents, [file]);
  for (const { line, code, mutant } of unexplained) {
    console.log(`no test notices ${file}:${line}\n  ${code}\n  ${mutant}`);
  }
  for (const each of obsolete) console.log(`no longer survives, remove it: ${each}`);
  return unexplained.length + obsolete.length;
}

run((signal) => mutate(program.args[0], signal));
