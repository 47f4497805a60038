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
import { runParts } from "./run.ts";
import {
  apiTable,
  type Figures,
  hostTable,
  type MoveFigures,
  moveTable,
  steadyTable,
  toText,
} from "./tables.ts";

const DOCS = join(import.meta.dirname, "../../docs");
const PAGE = join(DOCS, "evidence.md");
const PICTURE = join(DOCS, "simulation.svg");

/** Reports the next step. @throws after an interrupt */
const reporter = (signal: AbortSignal) => (step: string) => {
  signal.throwIfAborted();
  process.stderr.write(`simulating ${step}\n`);
};

function print(table: Figures): void {
  process.stdout.write(`\n${toText(table)}\n`);
}

/** Without the series, which only the picture needs. */
function figureOf(row: MoveRow): MoveFigures {
  const { clients, variant, standsFor, recovery, byKind, dials, dns, api, connects } = row;
  return { clients, variant, standsFor, recovery, byKind, dials, dns, api, connects };
}

/** Functions that run a part, print its table and return its figures. @param onRows receives the rows of the picture */
function partsOf(
  options: SimulateOptions,
  onRows: (rows: readonly MoveRow[]) => void,
  signal: AbortSignal,
) {
  const report = reporter(signal);
  return {
    moves: async () => {
      const rows = await movesOf(options, report);
      print(moveTable(rows));
      onRows(rows);
      return { figures: rows.map(figureOf) };
    },
    hosts: async () => {
      const rows = await hostsOf(options, report);
      print(hostTable(rows));
      return { figures: rows.map(figureOf) };
    },
    api: async () => {
      const rows = await apiOf(options, report);
      print(apiTable(rows));
      return { figures: rows.map(figureOf) };
    },
    steady: async () => {
      report("clients that dial once per second");
      const figures = await steadyOf(options);
      print(steadyTable(figures));
      return { figures };
    },
    sample: async () => {
      report("1000 clients, all and one for ten");
      const { everyone, oneForTen } = await sampleOf(options);
      print(moveTable([everyone, oneForTen], "All clients, and one simulated client for ten"));
      return { figures: { everyone: figureOf(everyone), oneForTen: figureOf(oneForTen) } };
    },
  };
}

/** Runs the parts, prints their tables, and saves the figures of a full run. @returns the exit code */
export async function simulate(options: SimulateOptions, signal: AbortSignal): Promise<number> {
  if (options.isFull) checkWritable("simulate", [PAGE, PICTURE]);
  let rows: readonly MoveRow[] = [];
  const parts = partsOf(options, (found) => (rows = found), signal);
  return runParts(options, parts, (figures) => {
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
