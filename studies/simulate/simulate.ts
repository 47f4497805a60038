import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readResults } from "../../harness/results/results.ts";
import { checkWritable, writeResults } from "../../harness/results/write-results.ts";
import type { SimulateOptions } from "./options.ts";
import { simulationPage } from "./page.ts";
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
import { playParts } from "./run.ts";
import {
  apiTable,
  type Figures,
  hostTable,
  type MoveFigures,
  moveTable,
  steadyTable,
  stormTable,
  toText,
} from "./tables.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const PAGE = join(DOCS, "evidence.md");
const PICTURE = join(DOCS, "simulation.svg");

/** Tells what comes next, unless the run has been interrupted. */
const teller = (signal: AbortSignal) => (what: string) => {
  signal.throwIfAborted();
  process.stderr.write(`simulating ${what}\n`);
};

function print(table: Figures): void {
  process.stdout.write(`\n${toText(table)}\n`);
}

/** Without its series, which are for the picture. */
function figureOf(row: MoveRow): MoveFigures {
  const { clients, variant, standsFor, recovery, byKind, dials, dns, api, connects } = row;
  return { clients, variant, standsFor, recovery, byKind, dials, dns, api, connects };
}

/** Each part: it prints its table, and gives its figures. @param drawn gets the rows of the picture */
function partsOf(
  options: SimulateOptions,
  drawn: (rows: readonly MoveRow[]) => void,
  signal: AbortSignal,
) {
  const tell = teller(signal);
  return {
    moves: async () => {
      const rows = await movesOf(options, tell);
      print(moveTable(rows));
      drawn(rows);
      return { figures: rows.map(figureOf) };
    },
    hosts: async () => {
      const rows = await hostsOf(options, tell);
      print(hostTable(rows));
      return { figures: rows.map(figureOf) };
    },
    api: async () => {
      const rows = await apiOf(options, tell);
      print(apiTable(rows));
      return { figures: rows.map(figureOf) };
    },
    steady: async () => {
      tell("clients that dial once a second");
      const figures = await steadyOf(options);
      print(steadyTable(figures));
      return { figures };
    },
    sample: async () => {
      tell("1000 clients, and one for ten of them");
      const { everyone, oneForTen } = await sampleOf(options);
      print(moveTable([everyone, oneForTen], "Each client, and one that stands for ten"));
      return { figures: { everyone: figureOf(everyone), oneForTen: figureOf(oneForTen) } };
    },
    storm: async () => {
      // This part alone needs the local ECS and the stacks, which take seconds to load.
      const { prepareMachine } = await import("../../harness/commands/shared/prepare-machine.ts");
      const { compareWithStorm } = await import("./storm.ts");
      await prepareMachine();
      tell("200 clients, beside the scenario storm");
      const figures = await compareWithStorm(options.seed, signal);
      print(stormTable(figures));
      return { figures, hasFailed: figures.verdict === "differs" };
    },
  };
}

/** Plays the parts, prints their tables, and writes the figures of a whole run. @returns the exit code */
export async function simulate(options: SimulateOptions, signal: AbortSignal): Promise<number> {
  if (options.isWhole) checkWritable("simulate", [PAGE, PICTURE]);
  let rows: readonly MoveRow[] = [];
  const parts = partsOf(options, (drawn) => (rows = drawn), signal);
  return playParts(options, parts, (figures) => {
    const { seed } = options;
    const assumptions = assumptionsOf(options);
    writeResults("simulate", "npm run simulate --prefix studies", {
      ...figures,
      assumptions,
      seed,
    });
    writeFileSync(PAGE, simulationPage(readFileSync(PAGE, "utf8"), readResults("simulate")));
    const { gap, startup } = assumptions;
    writeFileSync(PICTURE, pictureOf(rows, gap + startup));
  });
}
