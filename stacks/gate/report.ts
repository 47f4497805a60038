import { visible } from "../../command-line/visible.ts";
import { NEW_REVISION } from "./expected.ts";
import { isRelease, type Verdict } from "./verdict.ts";

/** The verdict as text: what would change, and why it is not a release. The last line is the summary. */
export function report(verdict: Verdict, environment: string): string {
  const lines = verdict.problems.map((problem) => `✗ the plan: ${problem}`);
  for (const { address, action, reasons, differing } of verdict.changes) {
    const own = differing.filter(({ path, isKnown }) => isKnown || !NEW_REVISION.test(path));
    const paths = own.map(({ path }) => path).join(", ");
    const what = ["update", "replace"].includes(action) && paths !== "" ? `: ${paths}` : "";
    lines.push(`${reasons.length === 0 ? "✓" : "✗"} ${address} ${action}${what}`);
    lines.push(...reasons.map((reason) => `    ${reason}`));
  }
  const passed = verdict.changes.length === 0 ? "no changes" : "only a release of the app";
  lines.push(`${environment}: ${isRelease(verdict) ? passed : "not a release of the app"}`);
  return lines.map(visible).join("\n");
}

/**
 * The report as Markdown, for a job summary or a pull request. In a block of code, text of the plan can make no link,
 * no mention and no HTML. None of its lines starts with backticks, so it cannot end the block.
 */
export function markdown(verdict: Verdict, environment: string): string {
  const title = `### ${isRelease(verdict) ? "✓ Passed" : "✗ Refused"}`;
  return [title, "", "```text", report(verdict, environment), "```", ""].join("\n");
}
