import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { choice, command, orExit, parse } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { findRedisServer } from "../../harness/ecs/programs/find-redis.ts";
import { redisVersion } from "../../harness/ecs/programs/redis-version.ts";
import { withBlock } from "../../harness/results/marked-block.ts";
import { whereAndWhen } from "../../harness/results/where-and-when.ts";
import { checkWritable, makeResults, saveResults } from "../../harness/results/write-results.ts";
import { coldConnect, warmConnect } from "./figures/connect.ts";
import { forward } from "./figures/forward.ts";
import { memory } from "./figures/memory.ts";
import { crowd, moves } from "./figures/moves.ts";
import { recovery } from "./figures/recovery.ts";
import { deadServer, staleAnswer } from "./figures/silence.ts";
import { waits } from "./figures/waits.ts";
import { type Row, type Run, tableOf, verdictOf } from "./rows.ts";

// `npm run bench`: measures the figures in turn and prints a table. A full run also writes studies/results/bench.json and
// the table of runtime/BENCHMARKS.md.

const PAGE = join(import.meta.dirname, "../../runtime/BENCHMARKS.md");

/** By the name for `--only`. The cost of a usual dial comes first. */
const figures: Readonly<Record<string, (given: Run) => Promise<Row[]>>> = {
  warm: warmConnect,
  "cold-network": (given) => coldConnect(given, false),
  "cold-additional-network": (given) => coldConnect(given, true),
  waits,
  "dead-server": deadServer,
  stale: staleAnswer,
  moves: (given) => moves(given, false),
  "moves-silent": (given) => moves(given, true),
  crowd,
  recovery,
  forward,
  memory,
};
const names = Object.keys(figures);

const program = command("npm run bench --", "Compares the dialer with alternatives.")
  .addOption(choice("--only <name...>", "which figures (default: all)", names))
  .option("--quick", "fewer rounds; writes no file", false)
  .option("--check", "exit 1 unless every goal is met", false);
type Options = { only?: string[]; quick: boolean; check: boolean };
const options = orExit(() => parse(program, process.argv.slice(2)) as Options);

run(async (signal) => {
  const { only = names, quick, check } = options;
  const isFull = !quick && names.every((name) => only.includes(name));
  if (isFull) checkWritable("bench", [PAGE]);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(figures)) {
    if (!only.includes(name)) continue;
    process.stderr.write(`measuring ${name}\n`);
    rows.push(...(await measure({ quick, signal })).map((row) => ({ name, ...row })));
  }
  const versions = isFull ? { redis: await redisVersion(await findRedisServer()) } : {};
  const results = makeResults("npm run bench", { rows }, versions);
  const text = `${whereAndWhen(results)}, loopback.\n\n${tableOf(rows)}`;
  process.stdout.write(`${text}\n${quick ? "\nA quick run: the values are not accurate.\n" : ""}`);
  if (isFull) {
    writeFileSync(PAGE, withBlock(readFileSync(PAGE, "utf8"), "results of npm run bench", text));
    process.stderr.write(`wrote ${saveResults("bench", results)} and ${PAGE}\n`);
  }
  return check && rows.some((row) => verdictOf(row) !== "met") ? 1 : 0;
});
