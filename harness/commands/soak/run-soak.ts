import { exitCodeAfter } from "../../../command-line/run-and-exit.ts";
import { messageOf } from "../../../command-line/error-text.ts";
import { writeNamed } from "../../../command-line/options.ts";
import { findRedisServer } from "../../ecs/programs/find-redis.ts";
import { redisVersion } from "../../ecs/programs/redis-version.ts";
import { playedSetup } from "../../plays/setups/environment-setup.ts";
import { checkWritable, writeResults } from "../../results/write-results.ts";
import type { Schedule } from "../../soak/schedule.ts";
import { soakSetup } from "../../soak/setup.ts";
import { soak, type SoakRecord } from "../../soak/soak.ts";
import { figuresOf, judge } from "../../soak/verdict.ts";
import { playedLine, verdictLines } from "../../views/soak-lines.ts";
import { defaultOf, environmentNames, environments } from "../shared/environments.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import { type SoakCommandOptions, commandOf } from "./options.ts";

/** Rounds between two files of figures. */
const CHECKPOINT = 50;

/** Plays a soak and checks it. @returns the exit code */
export async function runSoak(
  options: SoakCommandOptions,
  { seed, ...schedule }: Schedule & { readonly seed: number },
  signal: AbortSignal,
): Promise<number> {
  if (options.results) checkWritable("soak");
  await prepareMachine();
  const setup = soakSetup(playedSetup(defaultOf(environmentNames), { environments }), options);
  console.log(`seed ${seed}, ${setup.environment}`);
  const onRound = (record: SoakRecord): void => {
    console.log(playedLine(record));
    if (record.rounds.length % CHECKPOINT === 0) writeCheckpoint(record, options);
  };
  const record = await soak({ setup, seed, ...schedule, signal, onRound });
  if (record.isInterrupted) {
    console.log(`interrupted after ${record.rounds.length} of ${record.planned} rounds`);
  }
  const judged = judge(record);
  console.log(verdictLines(record, judged));
  if (record.isInterrupted) return exitCodeAfter(signal);
  // Figures of a failed soak are in its output, not in results/.
  if (record.rounds.length === 0 || judged.some(({ held }) => !held)) return 1;
  if (options.results) {
    const versions = { redis: await redisVersion(await findRedisServer()) };
    const written = writeResults("soak", commandOf(options, seed), figuresOf(record), versions);
    console.log(`wrote ${written}`);
  }
  return 0;
}

/** Writes the figures, so that a long run can be followed. */
function writeCheckpoint(
  record: SoakRecord,
  { checkpoint }: Pick<SoakCommandOptions, "checkpoint">,
): void {
  if (checkpoint === undefined) return;
  try {
    writeNamed(checkpoint, `${JSON.stringify(figuresOf(record), undefined, 2)}\n`);
  } catch (error) {
    // A failed write of the figures must not end a run of hours.
    console.log(`checkpoint: ${messageOf(error)}`);
  }
}
