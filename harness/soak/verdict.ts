import { max, median, quantile, sum } from "d3-array";
import type { SoakRecord } from "./soak.ts";

/** Number of lost writes shown. */
const SHOWN = 10;

export interface Judged {
  readonly claim: string;
  readonly held: boolean;
  /** The observed value. */
  readonly seen: string;
  /** Lines of evidence. */
  readonly details?: readonly string[];
}

/** Checks a soak. An interrupted one is checked until its last round. */
export function judge(record: SoakRecord): Judged[] {
  return [movesAreServed(record), faultsArePlayed(record), noWriteIsLost(record)];
}

function movesAreServed({ rounds, endedBy }: SoakRecord): Judged {
  const longest = (max(rounds, ({ away }) => away) ?? 0) / 1_000;
  return {
    claim:
      "after each move another Redis acknowledges a write, and at the end all users are served",
    held: endedBy === undefined,
    seen: endedBy ?? `${rounds.length} moves, no write for at most ${longest.toFixed(1)} s`,
  };
}

/** A soak without its faults proves little. */
function faultsArePlayed({ rounds }: SoakRecord): Judged {
  const planned = sum(rounds, (round) => round.planned);
  const missed = rounds.flatMap((round) => round.missed);
  return {
    claim: "most faults of the schedule are played",
    held: 2 * missed.length <= planned,
    seen: `${planned - missed.length} of ${planned}`,
    details: missed.slice(0, SHOWN),
  };
}

function noWriteIsLost({ acknowledged, missing: { lost, discarded } }: SoakRecord): Judged {
  const allowed = `${discarded.length} within the two seconds before a kill or the loss of a host, as appendfsync everysec allows`;
  return {
    claim: "no acknowledged write is lost",
    held: lost.length === 0 && acknowledged > 0,
    seen: `${acknowledged} writes, ${lost.length} lost, ${allowed}`,
    details: lost
      .slice(0, SHOWN)
      .map(({ guest, endedAt }) => `${guest}, acknowledged at ${new Date(endedAt).toISOString()}`),
  };
}

/** The figures of a soak, for `studies/results/soak.json` or a checkpoint. */
export function figuresOf(record: SoakRecord): Record<string, unknown> {
  const away = record.rounds.map((round) => Math.round(round.away));
  return {
    seed: record.seed,
    minutes: Math.round(record.length / 6_000) / 10,
    moves: record.rounds.length,
    faults: sum(record.rounds, ({ planned, missed }) => planned - missed.length),
    writesAcknowledged: record.acknowledged,
    writesLost: record.missing.lost.length,
    writesLostWithinTwoSecondsOfAKill: record.missing.discarded.length,
    requestsFailed: record.failed,
    noWriteAcknowledgedMs: {
      median: Math.round(median(away) ?? 0),
      p95: Math.round(quantile(away, 0.95) ?? 0),
      longest: max(away) ?? 0,
    },
    verdict: judge(record).map(({ claim, held, seen }) => ({ claim, held, seen })),
  };
}
