import { orExit } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { checkWritable, writeResults } from "../../harness/results/write-results.ts";
import { type FuzzOptions, fuzzOptions } from "./options.ts";
import { type Outcome, figuresFor, renderReport } from "./report.ts";
import { runTarget } from "./run-target.ts";
import { TARGET_NAMES, loadTarget } from "./targets.ts";

// `npm run fuzz`: gives bad input to what reads input, and reports what came of it.

const options = orExit(() => fuzzOptions(process.argv.slice(2), TARGET_NAMES));

async function fuzz({ seed, ...given }: FuzzOptions, signal: AbortSignal): Promise<number> {
  const isWhole = given.target === undefined && given.inputs === undefined;
  if (isWhole) checkWritable("fuzz");
  const outcomes: Outcome[] = [];
  for (const name of TARGET_NAMES) {
    if (given.target?.includes(name) === false) continue;
    const target = await loadTarget(name);
    const inputs = given.inputs ?? target.inputs;
    process.stderr.write(`${name}: ${target.about}, ${inputs} inputs\n`);
    const began = performance.now();
    const report = await runTarget({ name, seed, inputs, signal });
    const seconds = Math.round((performance.now() - began) / 1_000);
    outcomes.push({ ...report, name, seconds });
    if (signal.aborted) break;
  }
  process.stdout.write(renderReport(outcomes));
  // What was found until then is told; figures of a part are no results.
  signal.throwIfAborted();
  const hasFailed = outcomes.some(({ failures }) => failures.length > 0);
  if (isWhole && !hasFailed) {
    process.stdout.write(`${writeResults("fuzz", "npm run fuzz", figuresFor(outcomes, seed))}\n`);
  }
  return hasFailed ? 1 : 0;
}

run((signal) => fuzz(options, signal));
