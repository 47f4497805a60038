import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { choice, command, orExit, parse, wholeNumber } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";
import { findRedisServer } from "../../harness/ecs/programs/find-redis.ts";
import { redisVersion } from "../../harness/ecs/programs/redis-version.ts";
import { LARGEST_SEED, randomOf } from "../../harness/plays/stage/random.ts";
import { checkWritable, makeResults, saveResults } from "../../harness/results/write-results.ts";
import { shuffled } from "../bench/statistics.ts";
import { clients } from "./clients.ts";
import { install } from "./install.ts";
import { clientsPage } from "./page.ts";
import type { Row } from "./round.ts";
import { failedRow, type MeasuredRow, measured, rowsOf } from "./rows.ts";

// `npm run clients --prefix studies`: what a Redis that moves costs the clients of several languages. A full run writes
// studies/results/clients.json and the tables of docs/clients.md.

const PAGE = join(import.meta.dirname, "../../docs/clients.md");

interface Options {
  readonly only?: readonly string[];
  readonly parallel: number;
  readonly seed: number;
}

const names = clients.map(({ name }) => name);
const options = orExit(
  () =>
    parse(
      command(
        "npm run clients --prefix studies --",
        "Moves Redis under the clients of several languages. Without --only it writes studies/results/clients.json and docs/clients.md.",
      )
        .addOption(choice("--only <client...>", "which clients (default: all)", names))
        .addOption(wholeNumber("--parallel <number>", "rows at a time", [1, 50]).default(6))
        .addOption(wholeNumber("--seed <number>", "of the order", [0, LARGEST_SEED]).default(1)),
      process.argv.slice(2),
    ) as Options,
);

async function main(
  { only = names, parallel, seed }: Options,
  signal: AbortSignal,
): Promise<number> {
  const isFull = names.every((name) => only.includes(name));
  if (isFull) checkWritable("clients", [PAGE]);
  const chosen = clients.filter(({ name }) => only.includes(name));
  const failures = new Map<string, string | undefined>();
  for (const language of new Set(chosen.map((client) => client.language))) {
    process.stderr.write(`building ${language}\n`);
    failures.set(language, await install(language, signal));
  }
  const random = randomOf(seed, "clients");
  const rows = rowsOf(chosen);
  const results = new Map<Row, MeasuredRow>();
  const waiting = shuffled(rows, random);
  const lane = async (_: unknown, place: number): Promise<void> => {
    for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
      const failure = failures.get(row.client.language);
      const result =
        failure === undefined
          ? await measured(row, place, random, signal)
          : failedRow(row, `cannot be built: ${failure}`);
      results.set(row, result);
      report(result);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  if (isFull) await save(rows.flatMap((row) => results.get(row) ?? []));
  return 0;
}

function report({ client, way, settings, result, failure }: MeasuredRow): void {
  const recoveries = result?.costs.map(({ fault, recovery }) => `${fault} ${recovery ?? "-"}`);
  const failed = result?.costs.reduce((sum, cost) => sum + cost.failed, 0);
  const what =
    result === undefined
      ? failure
      : `${recoveries?.join(", ")}; failed ${failed}, twice ${result.twice}`;
  process.stdout.write(`${client}, ${way}, ${settings}: ${what}\n`);
}

async function save(rows: readonly MeasuredRow[]): Promise<void> {
  const redis = await redisVersion(await findRedisServer());
  const results = makeResults("npm run clients --prefix studies", { rows }, { redis });
  writeFileSync(PAGE, clientsPage(readFileSync(PAGE, "utf8"), results));
  process.stdout.write(`wrote ${saveResults("clients", results)} and ${PAGE}\n`);
}

run((signal) => main(options, signal));
