import { messageOf } from "../../../command-line/error-text.ts";
import type { AppendFsync } from "../../soak/append-fsync.ts";
import type { SoakRecord } from "../../soak/record.ts";
import { figuresOf } from "../../soak/verdict/figures.ts";
import { claimOf, judgeOperations, lossesOf } from "../../soak/verdict/judge-history.ts";
import { writeNamed } from "../../../command-line/options.ts";
import type { SoakCommandOptions } from "./options.ts";

/** Checks the keys that are no longer used and writes the figures, so that a long run can be followed. */
export function isGoodSoFar(
  record: SoakRecord,
  appendFsync: AppendFsync,
  { checkpoint }: Pick<SoakCommandOptions, "checkpoint">,
): boolean {
  const finished = record.journal.takeFinished();
  const judged = judgeOperations(finished, lossesOf(record, appendFsync), claimOf(appendFsync));
  console.log(`checkpoint: ${judged.held === false ? "✗" : "✓"} ${judged.seen}`);
  try {
    const figures = figuresOf(record, [judged]);
    if (checkpoint !== undefined)
      writeNamed(checkpoint, `${JSON.stringify(figures, undefined, 2)}\n`);
  } catch (error) {
    // A failed write of the figures must not end a run of hours.
    console.log(`checkpoint: ${messageOf(error)}`);
  }
  return judged.held !== false;
}
