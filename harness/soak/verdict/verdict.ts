import { sum } from "d3-array";
import type { AppendFsync } from "../append-fsync.ts";
import type { Sample } from "../clients/sample.ts";
import type { SoakRecord } from "../record.ts";
import { flatnessOf } from "./flatness.ts";
import type { Judged } from "./judged.ts";
import { judgeHistory } from "./judge-history.ts";
import { failureWords, operationWords } from "./words.ts";

/** Number of details shown. */
const SHOWN = 5;

/** Minimum number of scheduled faults to check how many were played. */
const LEAST_FAULTS = 10;

/** Checks the record of a soak. The soak passes if no claim failed. */
export function judge(record: SoakRecord, appendFsync: AppendFsync): Judged[] {
  return [
    movesHappen(record),
    faultsHappen(record),
    judgeHistory(record, appendFsync),
    failOnlyByTimeout(record),
    nothingHangs(record),
    isFlat(record, "heap without compiled code", ({ heap }) => heap),
    isFlat(record, "resident memory", ({ resident }) => resident),
    descriptorsAreEqual(record),
  ];
}

export const isGood = (judged: readonly Judged[]): boolean =>
  judged.every(({ held }) => held !== false);

function movesHappen({ rounds, tracker: { moves }, endedBy }: SoakRecord): Judged {
  const claim = "in each round a write is acknowledged at another host and port";
  const seen = `${moves.length} moves in ${rounds.length} rounds`;
  if (endedBy !== undefined) return { claim, held: false, seen: `${seen}, then: ${endedBy}` };
  if (rounds.length === 0) return { claim, held: undefined, seen: "no round was played" };
  return { claim, held: moves.length >= rounds.length, seen };
}

/** A fault can fail to begin, because its task has just ended. If most do, the soak proves nothing. */
function faultsHappen({ rounds }: SoakRecord): Judged {
  const claim = "most faults of the schedule are played";
  const planned = sum(rounds, (round) => round.planned);
  const missed = rounds.flatMap((round) => round.missed);
  const held = planned < LEAST_FAULTS ? undefined : missed.length * 2 < planned;
  const seen = `${planned - missed.length} of ${planned}`;
  return {
    claim,
    held,
    seen: held === undefined ? `${seen}, too few to check` : seen,
    details: held === false ? missed.slice(0, SHOWN) : [],
  };
}

function failOnlyByTimeout({ journal }: SoakRecord): Judged {
  const { acknowledged, failures, unexpected } = journal;
  const timedOut = failures.length - unexpected.length;
  return {
    claim: "a command fails only by its commandTimeout",
    held: acknowledged + failures.length === 0 ? undefined : unexpected.length === 0,
    seen: `${acknowledged} answered, ${timedOut} timed out, ${unexpected.length} failed otherwise`,
    details: unexpected.slice(0, SHOWN).map(failureWords),
  };
}

function nothingHangs({
  journal,
  unanswered,
  finalRead,
  bounds,
  isInterrupted,
}: SoakRecord): Judged {
  const claim = "every command ends within its bound";
  const late = [...journal.longest].filter(([client, took]) => took > (bounds[client] ?? 0));
  const lateFailures = journal.failures.filter(
    ({ client, failure }) => failure.after > (bounds[client] ?? 0),
  );
  const ended = journal.acknowledged + journal.failures.length;
  const longest = Math.max(0, ...journal.longest.values());
  // An early end leaves unfinished commands.
  const hanging = isInterrupted || finalRead === undefined ? [] : (unanswered ?? []);
  const broken = late.length + lateFailures.length + hanging.length;
  return {
    claim,
    held: broken + ended === 0 ? undefined : broken === 0,
    seen: `the longest took ${(longest / 1_000).toFixed(1)} s, ${hanging.length} had no end`,
    details: [
      ...late.map(([client, took]) => `client ${client}: a command took ${Math.round(took)} ms`),
      ...lateFailures.slice(0, SHOWN).map(failureWords),
      ...hanging.slice(0, SHOWN).map(operationWords),
    ],
  };
}

function isFlat({ samples }: SoakRecord, name: string, value: (sample: Sample) => number): Judged {
  const claim = `${name} is flat: the last third is at most 5 % above the first`;
  const flatness = flatnessOf(samples.map((each) => ({ at: each.at, value: value(each) })));
  if (flatness === undefined) {
    return { claim, held: undefined, seen: "not checked: the run is too short" };
  }
  const { first, last, isFlat: held } = flatness;
  const growth = `${(100 * (last / first - 1)).toFixed(1)} %`;
  return { claim, held, seen: `${megabytes(first)} → ${megabytes(last)}, ${growth}` };
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function descriptorsAreEqual({ before, after }: SoakRecord): Judged {
  const claim = "the clients have no more descriptors than before the first fault";
  if (before === undefined || after === undefined) {
    return { claim, held: undefined, seen: "not checked: the soak did not complete" };
  }
  const held = hasNoMore(after, before);
  const seen = held ? words(after) : `${words(before)} → ${words(after)}`;
  return { claim, held, seen };
}

/** Whether a sample has no more descriptors of any kind. An idle connection to an API may have closed. */
export function hasNoMore({ descriptors }: Sample, before: Sample): boolean {
  return Object.entries(descriptors).every(
    ([kind, count]) => count <= (before.descriptors[kind] ?? 0),
  );
}

function words({ descriptors }: Sample): string {
  return Object.entries(descriptors)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(", ");
}
