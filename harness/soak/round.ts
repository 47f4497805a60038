import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../command-line/error-text.ts";
import type { RequestOutcome } from "../plays/stage/load.ts";
import { acknowledgedWrites } from "../plays/stage/losses.ts";
import type { Stage } from "../plays/stage/stage.ts";
import { MOVES, soakFault } from "./faults.ts";
import { type PlannedFault, ROUND, type Round } from "./schedule.ts";

/** Timeout of each wait, in milliseconds. */
const TIMEOUT = 60_000;
/** Milliseconds within which a fault begins. */
const BEGIN = 5_000;

export interface PlayedRound {
  readonly number: number;
  /** Where Redis is after its move. */
  readonly redisAt: string;
  /** The longest time without an acknowledged write since the move began, in milliseconds. */
  readonly away: number;
  /** The number of scheduled faults, without the move. */
  readonly planned: number;
  /** Faults that could not begin or be repaired, with the reason, for example because the task had ended. */
  readonly missed: readonly string[];
}

/**
 * Plays a round: moves Redis, begins and repairs the faults, and waits until a write is acknowledged by the new Redis
 * and everything is stable.
 * @throws an error that names the failed wait
 */
export async function playRound(stage: Stage, round: Round): Promise<PlayedRound> {
  const began = stage.now();
  const [movedAt, ...faulty] = await Promise.all([
    playMove(stage, round),
    ...round.faults.map((fault) => playFault(stage, fault)),
  ]);
  await stage.until("Redis is stable, with all hosts", () => isAsBefore(stage), TIMEOUT);
  const left = Math.max(0, ROUND - (stage.now() - began));
  await delay(left, undefined, { signal: stage.signal });
  const missed = faulty.filter((why) => why !== undefined);
  return {
    number: round.number,
    redisAt: stage.whereIs(stage.redisTask),
    away: longestPause(stage.load.between(movedAt), movedAt),
    planned: round.faults.length,
    missed,
  };
}

function longestPause(outcomes: readonly RequestOutcome[], since: number): number {
  const ends = acknowledgedWrites(outcomes)
    .map(({ endedAt }) => endedAt)
    .toSorted((a, b) => a - b);
  return Math.max(...ends.map((end, index) => end - (ends[index - 1] ?? since)));
}

/** @returns the time of the move */
async function playMove(stage: Stage, { move: { name, after } }: Round): Promise<number> {
  await delay(after, undefined, { signal: stage.signal });
  const pids = stage.redisTasks.map((task) => stage.pidOf(task));
  const movedAt = stage.now();
  const putBack = await MOVES[name].begin(stage);
  const isNew = (): boolean =>
    stage.redisTasks.some(
      (task) => task.healthyAt !== undefined && !pids.includes(stage.pidOf(task)),
    );
  await stage.until("another Redis is healthy", isNew, TIMEOUT);
  const healthyAt = stage.now();
  const isWritten = () => acknowledgedWrites(stage.load.between(healthyAt)).length > 0;
  await stage.until("another Redis acknowledges a write", isWritten, TIMEOUT);
  await putBack?.();
  return movedAt;
}

/** Begins a fault, waits and repairs it. @returns the reason if it could not begin */
async function playFault(
  stage: Stage,
  { name, after, lasts }: PlannedFault,
): Promise<string | undefined> {
  const { signal } = stage;
  await delay(after, undefined, { signal });
  const beginning = (async () => soakFault(name).begin(stage))();
  const late = delay(BEGIN, "late" as const, { ref: false });
  try {
    const repair = await Promise.race([beginning, late]);
    if (repair === "late") {
      void beginning.then((tooLate) => tooLate?.()).catch(() => {});
      return `${name}: not within ${BEGIN / 1_000} s`;
    }
    await delay(lasts, undefined, { signal });
    await repair?.();
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return `${name}: ${messageOf(error)}`;
  }
}

function isAsBefore({ ecs, setup, hosts }: Stage): boolean {
  const redis = ecs.services.find(({ name }) => name === setup.services.redis);
  const active = ecs.hosts.filter(({ status }) => status === "ACTIVE").length;
  return redis?.stable === true && active >= hosts;
}
