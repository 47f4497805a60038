import Table from "cli-table3";
import pc from "picocolors";
import type { Report } from "../story/report.ts";

/** What was measured, and every expectation that did not hold. */
export function renderSummary(report: Report): string {
  const table = new Table({
    head: ["step", "measured", "value"],
    style: { head: [], border: [] },
    // No lines between rows.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  let last = "";
  for (const { step, name, value } of report.figures) {
    table.push([step === last ? "" : pc.bold(step), name, value]);
    last = step;
  }
  const failed = report.failed;
  const verdict =
    failed.length === 0
      ? [pc.green(`✓ all ${report.expectations.length} expectations held`)]
      : failed.map(({ step, claim, seen }) => pc.red(`✗ ${step}: ${claim}; seen: ${seen}`));
  return [table.toString(), "", ...verdict, ""].join("\n");
}
