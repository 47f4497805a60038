import { playedSetup } from "../../plays/setups/environment-setup.ts";
import type { Setup } from "../../plays/setups/setup.ts";
import { withoutLock } from "../../plays/setups/without-lock.ts";
import { findRedisServer } from "../../ecs/programs/find-redis.ts";
import { redisVersion } from "../../ecs/programs/redis-version.ts";
import { checkWritable, writeResults } from "../../results/write-results.ts";
import type { AppendFsync } from "../../soak/append-fsync.ts";
import type { Planned } from "../../soak/schedule/planned.ts";
import { appendFsyncOf, withAppendFsync } from "../../soak/setup.ts";
import { soak } from "../../soak/soak.ts";
import { figuresOf } from "../../soak/verdict/figures.ts";
import { isGood, judge } from "../../soak/verdict/verdict.ts";
import { playedLine, verdictLines } from "../../views/soak/soak-lines.ts";
import { defaultOf, environmentNames, environments } from "../shared/environments.ts";
import { exitCodeAfter } from "../../../command-line/run-and-exit.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import { isGoodSoFar } from "./checkpoint.ts";
import { type SoakCommandOptions, commandOf } from "./options.ts";

/** Rounds between two checks of the history. */
const CHECKPOINT = 50;

type Schedule = Planned & { readonly seed: number };

/** Plays a soak and checks it. @returns the exit code */
export async function runSoak(
  options: SoakCommandOptions,
  { seed, rounds, within }: Schedule,
  signal: AbortSignal,
): Promise<number> {
  if (options.results) checkWritable("soak");
  await prepareMachine();
  const [setup, appendFsync] = setupOf(options);
  console.log(`seed ${seed}, ${setup.environment}, appendfsync ${appendFsync}`);
  const record = await soak({
    setup,
    seed,
    rounds,
    within,
    defect: options.defect,
    signal,
    onRound: (sofar) => {
      console.log(playedLine(sofar));
      return sofar.rounds.length % CHECKPOINT !== 0 || isGoodSoFar(sofar, appendFsync, options);
    },
  });
  if (record.isInterrupted) {
    console.log(`interrupted after ${record.rounds.length} of ${record.planned} rounds`);
  }
  const judged = judge(record, appendFsync);
  console.log(verdictLines(record, judged));
  if (record.isInterrupted) return exitCodeAfter(signal);
  // Figures of a failed soak are in its output, not in results/.
  if (!isGood(judged)) return 1;
  if (options.results) {
    const versions = { redis: await redisVersion(await findRedisServer()) };
    const figures = figuresOf(record, judged);
    console.log(`wrote ${writeResults("soak", commandOf(options, seed), figures, versions)}`);
  }
  return 0;
}

/** The environment with the changes of the options. */
function setupOf({ appendfsync, defect }: SoakCommandOptions): [Setup, AppendFsync] {
  const given = playedSetup(defaultOf(environmentNames), { environments });
  const appendFsync = appendfsync ?? appendFsyncOf(given);
  const setup = withAppendFsync(given, appendFsync);
  return [defect === "no-lock" ? withoutLock(setup) : setup, appendFsync];
}
