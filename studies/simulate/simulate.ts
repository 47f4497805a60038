import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withBlock } from "../../harness/results/marked-block.ts";
import { readResults } from "../../harness/results/results.ts";
import { whereAndWhen } from "../../harness/results/where-and-when.ts";
import { checkWritable, writeResults } from "../../harness/results/write-results.ts";
import type { SimulateOptions } from "./options.ts";
import { AWS } from "./assumptions.ts";
import { simulatePart, type SimulateFigures } from "./parts.ts";
import { TABLES, toMarkdown, toText } from "./tables.ts";

const PAGE = join(import.meta.dirname, "../../docs/evidence.md");
const COMMAND = "npm run simulate --prefix studies";

/** Runs the parts, prints their tables, and saves the figures of a full run. @returns the exit code */
export async function simulate(options: SimulateOptions, signal: AbortSignal): Promise<number> {
  if (options.isFull) checkWritable("simulate", [PAGE]);
  const report = (step: string): void => {
    signal.throwIfAborted();
    process.stderr.write(`simulating ${step}\n`);
  };
  const figures: Partial<SimulateFigures> = {};
  for (const part of options.only) {
    Object.assign(figures, { [part]: await simulatePart(part, options, report) });
    process.stdout.write(`\n${toText(TABLES[part](figures as SimulateFigures))}\n`);
  }
  if (!options.isFull) return 0;
  const { seed } = options;
  writeResults("simulate", COMMAND, { ...figures, assumptions: AWS, seed });
  writeFileSync(PAGE, simulationPage(readFileSync(PAGE, "utf8")));
  return 0;
}

/** The page with the tables of `studies/results/simulate.json`. */
function simulationPage(page: string): string {
  const results = readResults("simulate");
  const figures = results.figures as unknown as SimulateFigures;
  const tables = Object.values(TABLES).map((table) => toMarkdown(table(figures)));
  const text = [`${whereAndWhen(results)}.`, ...tables].join("\n\n");
  return withBlock(page, `results of ${COMMAND}`, text);
}
