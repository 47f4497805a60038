import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { orExit } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { checkWritable, makeResults, saveResults } from "../../harness/results/write-results.ts";
import type { FigureReport } from "./figure.ts";
import { verdictOf } from "./figure.ts";
import { coldFigures, warmFigure } from "./figures/connect.ts";
import { forwardFigure } from "./figures/forward.ts";
import { memoryFigure } from "./figures/memory.ts";
import { movesFigure, silentMovesFigure } from "./figures/moves.ts";
import { packageFigure } from "./figures/package.ts";
import { recoveryFigure } from "./figures/recovery.ts";
import { crowdFigure } from "./figures/crowd.ts";
import { deadServerFigure, staleFigure } from "./figures/silence.ts";
import { waitsFigure } from "./figures/waits.ts";
import { type BenchOptions, benchOptions } from "./options.ts";
import { benchPage } from "./page.ts";
import { findRedisServer } from "../../harness/ecs/programs/find-redis.ts";
import { redisVersion } from "../../harness/ecs/programs/redis-version.ts";
import { renderJson, renderTables } from "./report.ts";

// `npm run bench`: measures all figures and prints tables. A full run also writes studies/results/bench.json and the
// tables of runtime/BENCHMARKS.md.

const BENCHMARKS = join(import.meta.dirname, "../../runtime/BENCHMARKS.md");

// The cost of a usual dial comes first.
const figures = [
  warmFigure,
  ...coldFigures,
  waitsFigure,
  deadServerFigure,
  staleFigure,
  movesFigure,
  silentMovesFigure,
  crowdFigure,
  recoveryFigure,
  forwardFigure,
  memoryFigure,
  packageFigure,
];

const names = figures.map(({ name }) => name);
const options = orExit(() => benchOptions(process.argv.slice(2), names));

async function bench(
  { only = names, quick, json, check }: BenchOptions,
  signal: AbortSignal,
): Promise<number> {
  const isFull = !quick && names.every((name) => only.includes(name));
  if (isFull) checkWritable("bench", [BENCHMARKS]);
  const reports: FigureReport[] = [];
  for (const { name, measure } of figures) {
    if (!only.includes(name)) continue;
    // stdout is for the report.
    process.stderr.write(`measuring ${name}\n`);
    reports.push(...(await measure({ quick, random: Math.random, signal })));
  }
  const [cpu] = cpus();
  const model = cpu?.model.trim() ?? "";
  const about = { node: process.version, cpus: cpus().length, cpu: model || process.arch, quick };
  process.stdout.write((json ? renderJson : renderTables)(reports, about));
  if (isFull) await save(reports);
  return check && reports.some((report) => verdictOf(report) === "MISSED") ? 1 : 0;
}

/** Writes studies/results/bench.json, and the page with its tables. */
async function save(reports: readonly FigureReport[]): Promise<void> {
  const results = makeResults(
    "npm run bench",
    { reports },
    {
      redis: await redisVersion(await findRedisServer()),
    },
  );
  const page = benchPage(readFileSync(BENCHMARKS, "utf8"), results);
  const path = saveResults("bench", results);
  writeFileSync(BENCHMARKS, page);
  process.stderr.write(`wrote ${path} and ${BENCHMARKS}\n`);
}

run((signal) => bench(options, signal));
