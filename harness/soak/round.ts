import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../command-line/error-text.ts";
import type { Stage } from "../plays/stage/stage.ts";
import { monotonic } from "./monotonic.ts";
import { soakFault } from "./faults/faults.ts";
import { MOVES } from "./faults/moves.ts";
import type { PlayedRound } from "./record.ts";
import type { SoakRecord } from "./record.ts";
import { type PlannedFault, ROUND, type Round } from "./schedule/schedule.ts";

/** Timeout of each wait, in milliseconds. */
const TIMEOUT = 60_000;
/** Milliseconds within which a fault begins. */
const BEGIN = 5_000;

/**
 * Plays a round: moves Redis, begins and repairs the faults, and waits until a write is acknowledged at the new
 * place and everything is stable.
 * @throws an error that names the failed wait
 */
export async function playRound(
  stage: Stage,
  record: SoakRecord,
  round: Round,
): Promise<PlayedRound> {
  const at = monotonic();
  const [movedAt, ...faulty] = await Promise.all([
    playMove(stage, record, round),
    ...round.faults.map((fault) => playFault(stage, fault)),
  ]);
  await stage.until("Redis is stable, with two hosts", () => isAsBefore(stage), TIMEOUT);
  const left = Math.max(0, ROUND - (monotonic() - at));
  await delay(left, undefined, { signal: stage.signal });
  const missed = faulty.filter((why) => why !== undefined);
  return { number: round.number, at, movedAt, planned: round.faults.length, missed };
}

/** @returns the time of the move */
async function playMove(
  stage: Stage,
  record: SoakRecord,
  { move: { name, after } }: Round,
): Promise<number> {
  await delay(after, undefined, { signal: stage.signal });
  const { tracker, journal } = record;
  const before = tracker.moves.length;
  const movedAt = monotonic();
  const putBack = await MOVES[name].begin(stage, record);
  const isElsewhere = (): boolean => {
    // The soak has failed, so waiting is useless.
    if (journal.unexpected.length > 0) throw new Error("a command failed before");
    return tracker.moves.length > before;
  };
  await stage.until("a write is acknowledged at another host and port", isElsewhere, TIMEOUT);
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

function isAsBefore({ ecs, setup }: Stage): boolean {
  const redis = ecs.services.find(({ name }) => name === setup.services.redis);
  const active = ecs.hosts.filter(({ status }) => status === "ACTIVE").length;
  return redis?.stable === true && active >= 2;
}
