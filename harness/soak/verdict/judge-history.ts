import type { AppendFsync } from "../append-fsync.ts";
import { checkHistory, type HistoryVerdict } from "../history/check-history.ts";
import type { Loss, Operation } from "../history/operation.ts";
import type { SoakRecord } from "../record.ts";
import type { Judged } from "./judged.ts";
import { operationWords } from "./words.ts";

/** Number of violations and operations shown. */
const SHOWN = 3;
const SHOWN_OPERATIONS = 12;

/**
 * Milliseconds of acknowledged writes that may be lost with a host or by a kill. With `everysec`, Redis delays
 * writes to the kernel for up to two seconds during a sync, but acknowledges them.
 */
const LOSS = { always: 0, everysec: 2_000 } as const;

/**
 * The allowed losses. With `no` Redis promises nothing, but it is checked like `everysec`, so that its losses are
 * visible.
 */
export function lossesOf(
  { losses, kills }: Pick<SoakRecord, "losses" | "kills">,
  appendFsync: AppendFsync,
): Loss[] {
  const lossMs = appendFsync === "always" ? LOSS.always : LOSS.everysec;
  return [...losses, ...kills].map((at) => ({ at, lossMs }));
}

export function claimOf(appendFsync: AppendFsync): string {
  const loss = LOSS[appendFsync === "always" ? "always" : "everysec"];
  return loss === 0
    ? "the history is possible, and no acknowledged write is lost"
    : `the history is possible; at most ${loss / 1_000} s of acknowledged writes are lost with a host, or by a kill`;
}

/** Checks the whole history, including the final reads. */
export function judgeHistory(record: SoakRecord, appendFsync: AppendFsync): Judged {
  const { journal, signatures, finalRead = [] } = record;
  const all = [...journal.operations, ...signatures(), ...finalRead];
  const judged = judgeOperations(all, lossesOf(record, appendFsync), claimOf(appendFsync));
  return { ...judged, seen: `${judged.seen}; ${lostWords(record)}` };
}

function lostWords({ losses, kills }: SoakRecord): string {
  return `lost hosts: ${losses.length}; kills: ${kills.length}`;
}

export function judgeOperations(
  operations: readonly Operation[],
  losses: readonly Loss[],
  claim: string,
): Judged {
  return judgedOf(checkHistory(operations, { losses }), claim);
}

/** The checker's result as a claim. An undecided key is not a success. */
export function judgedOf(
  { outcome, keys, answered, violations, undecided }: HistoryVerdict,
  claim: string,
): Judged {
  const judged = `${answered} operations on ${keys} keys`;
  if (outcome === "consistent") return { claim, held: true, seen: judged };
  if (answered === 0) return { claim, held: undefined, seen: "no answers" };
  const seen = [
    judged,
    ...(violations.length > 0 ? [`${violations.length} keys are impossible`] : []),
    ...(undecided.length > 0 ? [`${undecided.length} keys took too much work to decide`] : []),
  ].join(", ");
  const details = violations
    .slice(0, SHOWN)
    .flatMap(({ key, operations: shown, increments }) => [
      increments === undefined ? `key ${key}:` : `key ${key}, ${increments} INCR in total:`,
      ...shown.slice(0, SHOWN_OPERATIONS).map((operation) => `  ${operationWords(operation)}`),
      ...(shown.length > SHOWN_OPERATIONS ? [`  and ${shown.length - SHOWN_OPERATIONS} more`] : []),
    ]);
  return { claim, held: false, seen, details: [...details, ...undecided.slice(0, SHOWN)] };
}
