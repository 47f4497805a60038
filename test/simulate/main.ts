import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareMachine } from "../../harness/commands/prepare-machine.ts";
import { writeResults } from "../../harness/results/write-results.ts";
import { type SimulateOptions, simulateOptions } from "./options.ts";
import {
  apiOf,
  assumptionsOf,
  hostsOf,
  type MoveRow,
  movesOf,
  sampleOf,
  steadyOf,
} from "./parts.ts";
import { pictureOf } from "./picture.ts";
import { compareWithStorm } from "./storm.ts";
import { apiTable, hostTable, moveTable, steadyTable, stormTable } from "./tables.ts";

const PICTURE = join(import.meta.dirname, "../../docs/simulation.svg");

function tell(what: string): void {
  process.stderr.write(`simulating ${what}\n`);
}

function print(title: string, table: string): void {
  process.stdout.write(`\n${title}\n${table}\n`);
}

/** Without its series, which are for the picture. */
function figureOf(row: MoveRow): object {
  return { ...row, series: undefined };
}

/** Each part: it prints its table, and gives its figures. */
function partsOf(options: SimulateOptions) {
  return {
    moves: async () => {
      const rows = await movesOf(options, tell);
      print("Redis moves", moveTable(rows));
      const { gap, startup } = assumptionsOf(options);
      if (options.isWhole) writeFileSync(PICTURE, pictureOf(rows, gap + startup));
      return rows.map(figureOf);
    },
    hosts: async () => {
      const rows = await hostsOf(options, tell);
      print("One host, 1024 packets a second", hostTable(rows));
      return rows.map(figureOf);
    },
    api: async () => {
      const rows = await apiOf(options, tell);
      print("The Cloud Map API, 1000 calls a second and a bucket of 2000", apiTable(rows));
      return rows.map(figureOf);
    },
    steady: async () => {
      tell("clients that dial once a second");
      const figures = await steadyOf(options);
      print("Redis stays where it is", steadyTable(figures));
      return figures;
    },
    sample: async () => {
      tell("1000 clients, and one for ten of them");
      const { everyone, oneForTen } = await sampleOf(options);
      print("One for ten", moveTable([everyone, oneForTen]));
      return { everyone: figureOf(everyone), oneForTen: figureOf(oneForTen) };
    },
    storm: async () => {
      tell("200 clients, beside the scenario storm");
      const comparison = await compareWithStorm(options.seed);
      print("The scenario storm", stormTable(comparison));
      if (comparison.verdict === "differs") process.exitCode = 1;
      return comparison;
    },
  };
}

async function simulate(options: SimulateOptions): Promise<void> {
  if (options.only.includes("storm")) await prepareMachine();
  const parts = partsOf(options);
  const figures: Record<string, unknown> = {};
  for (const part of options.only) {
    figures[part] = await parts[part]();
  }
  if (!options.isWhole || process.exitCode === 1) return;
  const assumptions = assumptionsOf(options);
  writeResults("simulate", "npm run simulate", { ...figures, assumptions, seed: options.seed });
}

try {
  await simulate(simulateOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
