import { checkWritable, writeResults } from "../../harness/results/write-results.ts";
import { parseOptions } from "./options.ts";
import { type Outcome, figuresFor, renderReport } from "./report.ts";
import { runTarget } from "./run-target.ts";
import { TARGET_NAMES, loadTarget } from "./targets.ts";

// `npm run fuzz`: gives bad input to what reads input, and reports what came of it.

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), TARGET_NAMES);
  const { seed, targets } = options;
  const { signal } = interrupted;
  const isWhole = targets === TARGET_NAMES && options.inputs === undefined;
  if (isWhole) checkWritable("fuzz");
  const outcomes: Outcome[] = [];
  for (const name of targets) {
    const target = await loadTarget(name);
    const inputs = options.inputs ?? target.inputs;
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

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    // What an interruption makes of the work under way is no news.
    const { aborted, reason } = interrupted.signal;
    const shown: unknown = aborted ? reason : error;
    process.stderr.write(`${shown instanceof Error ? shown.message : String(shown)}\n`);
    process.exit(aborted ? 130 : 2);
  },
);
