import { parseArgs } from "node:util";
import { equivalents } from "./equivalent/index.ts";
import { explain } from "./explained.ts";
import { type Part, partsOf } from "./parts.ts";
import { type Report, type Score, type Tally, scoreOf, survivorsIn, tallyOf } from "./report.ts";
import { VERSION, installStryker, runStryker } from "./stryker.ts";
import { writeResults } from "../../harness/results/write-results.ts";

// `npm run mutation -- [PATH] [--fresh]`: changes the sources in one place at a time, and runs the pure
// tests on each mutant. One that no test notices must be in the list of equivalent mutants, with its reason.

const USAGE = "npm run mutation -- [PATH] [--fresh]";

async function main(args: readonly string[]): Promise<number> {
  const { path, isFresh } = read(args);
  const parts = partsOf(path);
  const folder = await installStryker();
  const tallies = new Map<string, Tally[]>();
  let problems = 0;
  for (const part of parts) {
    const report = await runStryker(folder, part, isFresh);
    tallies.set(part.folder, [...(tallies.get(part.folder) ?? []), checked(tallyOf(report))]);
    problems += tell(part, report);
  }
  const scores = new Map([...tallies].map(([name, each]) => [name, scoreOf(each)] as const));
  for (const [name, score] of scores) console.log(`${name}: ${sentence(score)}`);
  if (problems > 0) return 1;
  if (path === undefined) {
    writeResults("mutation", "npm run mutation", Object.fromEntries(scores), { stryker: VERSION });
  }
  return 0;
}

function read(args: readonly string[]): { path: string | undefined; isFresh: boolean } {
  const options = { fresh: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (positionals.length > 1) throw new Error(`allowed is one PATH\n${USAGE}`);
  return { path: positionals[0], isFresh: values.fresh };
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
function tell({ folder, files }: Part, report: Report): number {
  const mutated = files.map((file) => `${folder}/${file}`);
  const { unexplained, obsolete } = explain(survivorsIn(report), equivalents, mutated);
  for (const { file, line, code, mutant } of unexplained) {
    console.log(`no test notices ${file}:${line}\n  ${code}\n  ${mutant}`);
  }
  for (const each of obsolete) console.log(`no longer survives, remove it: ${each}`);
  return unexplained.length + obsolete.length;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
