import Table from "cli-table3";
import pc from "picocolors";
import type { Recording } from "../recording.ts";
import { failed } from "../stage/report.ts";

/** What was measured, and every expectation that did not hold. */
export function renderSummary(recording: Pick<Recording, "figures" | "expectations">): string {
  const table = new Table({
    head: ["step", "measured", "value"],
    style: { head: [], border: [] },
    // No lines between rows.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  let last = "";
  for (const { step, name, value } of recording.figures) {
    table.push([step === last ? "" : pc.bold(step), name, value]);
    last = step;
  }
  const broken = failed(recording);
  const verdict =
    broken.length === 0
      ? [pc.green(`✓ all ${recording.expectations.length} expectations held`)]
      : broken.map(({ step, claim, seen }) => pc.red(`✗ ${step}: ${claim}; seen: ${seen}`));
  return [table.toString(), "", ...verdict, ""].join("\n");
}
