import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Setup } from "../../plays/setups/setup.ts";
import { oldSetup } from "../../plays/setups/old-setup.ts";
import { environmentSetup } from "../../plays/setups/environment-setup.ts";
import { example } from "../../plays/setups/example-environment.ts";
import { type Fault, titleOf } from "../../plays/faults/fault.ts";
import { faults } from "../../plays/faults/index.ts";
import { UsageError } from "../../../command-line/options.ts";
import type { FaultsOptions } from "./options.ts";
import { inTurn } from "../shared/in-turn.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import { play } from "../../plays/play.ts";
import type { Recording } from "../../plays/stage/recording.ts";
import { faultScenario } from "../../plays/scenarios/single-fault.ts";
import { type PlayedFault, brokenIn, faultResultsOf } from "../../views/fault-results.ts";
import { renderFaults } from "../../views/fault-table.ts";
import { redisVersion } from "../../ecs/programs/redis-version.ts";
import { checkWritable, makeResults, saveResults } from "../../results/write-results.ts";

const PAGE = join(import.meta.dirname, "../../../docs/faults.md");

/**
 * Plays every fault and writes studies/results/faults.json and docs/faults.md. With `--only`, prints the page instead.
 * @returns the exit code: 1 if a play failed
 */
export async function playFaults(
  { only, parallel }: FaultsOptions,
  signal: AbortSignal,
): Promise<number> {
  const chosen = faults.filter((fault) => titleOf(fault).includes(only ?? ""));
  if (chosen.length === 0) {
    throw new UsageError(
      `error: --only: no fault has "${only}" in its title; allowed: ${titles()}`,
    );
  }
  if (only === undefined) checkWritable("faults", [PAGE]);
  await prepareMachine();
  const playIn = (setup: Setup, fault: Fault): Promise<Recording> =>
    play({ scenario: faultScenario(fault), setup, seed: 1, signal });
  const played = await inTurn(chosen, parallel, async (fault): Promise<PlayedFault> => {
    const after = await playIn(environmentSetup("dev", { environments: example }), fault);
    const before = fault.inOldSetup ? await playIn(oldSetup(), fault) : undefined;
    const broken = brokenIn(faultResultsOf([{ fault, after, before }]));
    console.log(broken.length === 0 ? `✓ ${titleOf(fault)}` : `✗ ${broken.join("; ")}`);
    return { fault, after, before };
  });
  const versions = { redis: await redisVersion(process.env["REDIS_SERVER"] ?? "") };
  const figures = faultResultsOf(played);
  const results = makeResults("npm run faults", figures, versions);
  const page = renderFaults(results);
  const broken = brokenIn(figures);
  if (only !== undefined) console.log(page);
  else if (broken.length === 0) {
    console.log(`wrote ${saveResults("faults", results)}`);
    await writeFile(PAGE, page);
    console.log(`wrote ${PAGE}`);
  } else console.log("wrote nothing: a play failed");
  // Failed expectations do not change the exit code: the table shows what happens.
  return broken.length === 0 ? 0 : 1;
}

function titles(): string {
  return faults.map(titleOf).join("; ");
}
