import { max, median, quantile } from "d3-array";
import type { SoakRecord } from "../record.ts";
import { flatnessOf } from "./flatness.ts";
import type { Judged } from "./judged.ts";

/** The figures of a soak, for `studies/results/soak.json` or a checkpoint. */
export function figuresOf(record: SoakRecord, judged: readonly Judged[]): Record<string, unknown> {
  const { journal, tracker, rounds, samples, losses, before, after } = record;
  const signatures = record.signatures();
  const away = tracker.moves.map(({ lastAt, at }) => Math.round(at - lastAt));
  const flat = (value: (sample: (typeof samples)[number]) => number): unknown => {
    const flatness = flatnessOf(samples.map((each) => ({ at: each.at, value: value(each) })));
    if (flatness === undefined) return null;
    const { first, last } = flatness;
    return { firstThirdMiB: mebibytes(first), lastThirdMiB: mebibytes(last) };
  };
  return {
    seed: record.seed,
    minutes: Math.round((record.lengthMs / 60_000) * 10) / 10,
    rounds: rounds.length,
    moves: tracker.moves.length,
    lostHosts: losses.length,
    kills: record.kills.length,
    commandsAnswered: journal.acknowledged,
    commandsFailed: journal.failures.length,
    writesOfUsers: signatures.length,
    writesOfUsersAcknowledged: signatures.filter(({ end }) => end !== undefined).length,
    noWriteAcknowledgedMs: {
      median: Math.round(median(away) ?? 0),
      p95: Math.round(quantile(away, 0.95) ?? 0),
      longest: max(away) ?? 0,
    },
    longestCommandMs: Math.round(Math.max(0, ...journal.longest.values())),
    heap: flat(({ heap }) => heap),
    resident: flat(({ resident }) => resident),
    descriptors: { before: before?.descriptors ?? null, after: after?.descriptors ?? null },
    verdict: judged.map(({ claim, held, seen }) => ({ claim, held: held ?? null, seen })),
  };
}

const mebibytes = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;
