import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Setup } from "../plays/setups/setup.ts";
import { oldSetup } from "../plays/setups/old-setup.ts";
import { environmentSetup } from "../plays/setups/environment-setup.ts";
import { faultRows, type FaultRow } from "../plays/faults/index.ts";
import { command, parsed, UsageError, wholeNumber } from "./command-line.ts";
import { inTurn } from "./in-turn.ts";
import { run } from "./interrupt.ts";
import { prepareMachine } from "./prepare-machine.ts";
import { play } from "../plays/play.ts";
import type { Recording } from "../plays/stage/recording.ts";
import { faultScenario } from "../plays/scenarios/fault.ts";
import { type PlayedFault, renderFaults } from "../views/fault-table.ts";

// `npm run faults`: breaks everything that can be broken, and writes docs/faults.md.

const PAGE = join(import.meta.dirname, "../../docs/faults.md");

interface Options {
  readonly only?: string;
  readonly parallel: number;
}

const program = command("npm run faults --", "Plays every fault and writes docs/faults.md.")
  .option("--only <text>", "those whose title has this in it; prints and writes nothing")
  .addOption(wholeNumber("--parallel <number>", "how many at a time", [1, 16]).default(2));

async function main({ only = "", parallel }: Options, signal: AbortSignal): Promise<number> {
  const rows = faultRows.filter(({ breakage }) => breakage.title.includes(only));
  if (rows.length === 0) {
    throw new UsageError(
      `error: --only: no fault has "${only}" in its title; titles are: ${titles()}`,
    );
  }
  await prepareMachine();
  const playIn = (setup: Setup, row: FaultRow): Promise<Recording> =>
    play({ scenario: faultScenario(row), setup, seed: 1, signal });
  const played = await inTurn(rows, parallel, async (row): Promise<PlayedFault> => {
    const { breakage } = row;
    const after = await playIn(environmentSetup("dev"), row);
    const before = row.before ? await playIn(oldSetup(), row) : undefined;
    console.log(`✓ ${breakage.title}`);
    return { breakage, after, before };
  });
  // What did not hold is no mistake here: what happens is what the table says.
  const page = renderFaults(played, { date: new Date(), machine: thisMachine() });
  if (only === "") await writeFile(PAGE, page);
  console.log(only === "" ? `wrote ${PAGE}` : page);
  return 0;
}

function thisMachine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores of ${cpu?.model.trim() ?? "an unknown kind"} with Node.js ${process.version}`;
}

function titles(): string {
  return faultRows.map(({ breakage }) => breakage.title).join("; ");
}

const options = parsed(program, process.argv.slice(2)) as Options;
run((signal) => main(options, signal));
