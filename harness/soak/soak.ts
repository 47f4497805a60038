import { messageOf } from "../../command-line/error-text.ts";
import { now, startLocalEcs } from "../ecs/index.ts";
import { abortable } from "../plays/play.ts";
import type { Setup } from "../plays/setups/setup.ts";
import { isServed } from "../plays/stage/load.ts";
import { randomOf } from "../plays/stage/random.ts";
import { type MissingWrites, Stage } from "../plays/stage/stage.ts";
import { firstDeploy } from "../plays/steps/first-deploy.ts";
import { type PlayedRound, playRound } from "./round.ts";
import type { Schedule } from "./schedule.ts";

/** Timeout of each wait without an active fault, in milliseconds. */
const TIMEOUT = 60_000;

export interface SoakOptions extends Schedule {
  readonly setup: Setup;
  readonly seed: number;
  /** Ends the soak early. The record so far is returned. */
  readonly signal: AbortSignal;
  /** Called after each round, when its writes are checked. */
  readonly onRound?: (record: SoakRecord) => void;
}

/** The data of a soak so far. */
export interface SoakRecord {
  readonly seed: number;
  readonly planned: number;
  readonly rounds: PlayedRound[];
  /** Milliseconds from the first round to the end of the last one. */
  length: number;
  /** The users' acknowledged writes at the last check, and those that Redis lacked. */
  acknowledged: number;
  missing: MissingWrites;
  /** Requests of users without a success. */
  failed: number;
  /** Why the soak ended early. */
  endedBy: string | undefined;
  isInterrupted: boolean;
}

/**
 * Moves Redis repeatedly under load, with other faults, and returns the record. After each round every acknowledged
 * write is looked for; a lost one ends the soak, and so does a timeout.
 * @throws HarnessError if the setup cannot run
 */
export async function soak(options: SoakOptions): Promise<SoakRecord> {
  const { setup, seed, rounds, signal } = options;
  const record: SoakRecord = {
    seed,
    planned: rounds.length,
    rounds: [],
    length: 0,
    acknowledged: 0,
    missing: { lost: [], discarded: [] },
    failed: 0,
    endedBy: undefined,
    isInterrupted: false,
  };
  await using ecs = await startLocalEcs({ ...setup.local, random: randomOf(seed, "local ECS") });
  const stage = new Stage({ ecs, setup, seed, signal, viewer: {} });
  try {
    await abortable(playAll(stage, record, options), signal);
  } catch (error) {
    if (signal.aborted) record.isInterrupted = true;
    else record.endedBy = messageOf(error);
  } finally {
    await stage.close();
  }
  return record;
}

async function playAll(stage: Stage, record: SoakRecord, options: SoakOptions): Promise<void> {
  const { rounds, within, onRound } = options;
  await firstDeploy.play(stage);
  const began = now();
  for (const round of rounds) {
    if (now() - began >= within) break;
    record.rounds.push(await playRound(stage, round));
    record.length = now() - began;
    await check(stage, record);
    onRound?.(record);
    if (record.missing.lost.length > 0) return;
  }
  await stage.ecs.faults.clear();
  await stage.ecs.waitUntilStable({ timeout: TIMEOUT });
  await stage.untilAllServed(TIMEOUT);
  await stage.load.stop();
  await check(stage, record);
}

async function check(stage: Stage, record: SoakRecord): Promise<void> {
  record.acknowledged = stage.load.acknowledged.length;
  record.missing = await stage.missingSoFar(lostHosts(stage));
  record.failed = stage.requests.filter((outcome) => !isServed(outcome)).length;
}

const lostHosts = ({ events }: Stage): number[] =>
  events.flatMap((event) =>
    event.type === "fault" && event.fault === "loseHost" && event.active ? [event.at] : [],
  );
