import { writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Setup } from "../plays/setups/setup.ts";
import { oldSetup } from "../plays/setups/old-setup.ts";
import { environmentSetup } from "../plays/setups/environment-setup.ts";
import { example } from "../plays/setups/example-environment.ts";
import { type Fault, titleOf } from "../plays/faults/fault.ts";
import { faults } from "../plays/faults/index.ts";
import { UsageError } from "./command-line.ts";
import type { FaultsOptions } from "./faults-options.ts";
import { inTurn } from "./in-turn.ts";
import { prepareMachine } from "./prepare-machine.ts";
import { play } from "../plays/play.ts";
import type { Recording } from "../plays/stage/recording.ts";
import { faultScenario } from "../plays/scenarios/single-fault.ts";
import { type PlayedFault, renderFaults } from "../views/fault-table.ts";

const PAGE = join(import.meta.dirname, "../../docs/faults.md");

/** Plays every fault, and writes docs/faults.md; prints it instead where only some are played. @returns the exit code */
export async function playFaults(
  { only = "", parallel }: FaultsOptions,
  signal: AbortSignal,
): Promise<number> {
  const chosen = faults.filter((fault) => titleOf(fault).includes(only));
  if (chosen.length === 0) {
    throw new UsageError(
      `error: --only: no fault has "${only}" in its title; titles are: ${titles()}`,
    );
  }
  await prepareMachine();
  const playIn = (setup: Setup, fault: Fault): Promise<Recording> =>
    play({ scenario: faultScenario(fault), setup, seed: 1, signal });
  const played = await inTurn(chosen, parallel, async (fault): Promise<PlayedFault> => {
    const after = await playIn(environmentSetup("dev", { environments: example }), fault);
    const before = fault.inOldSetup ? await playIn(oldSetup(), fault) : undefined;
    console.log(`✓ ${titleOf(fault)}`);
    return { fault, after, before };
  });
  // The exit code does not depend on expectations: the table says what happens.
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
  return faults.map(titleOf).join("; ");
}
