import { code } from "../../command-line/markdown-code.ts";
import type { Effects } from "./effects.ts";
import { changedPaths, summary } from "./report.ts";
import { isRelease, type Judged, type Verdict } from "./verdict.ts";

/**
 * The verdict as Markdown, for a job summary or a pull request. Text of the plan is always code: there, it can make no
 * link, no mention and no HTML. There are no tables, where it could end a cell.
 */
export function markdown(
  verdict: Verdict,
  environment: string,
  effects: Effects | undefined,
): string {
  const { problems, changes, notes } = verdict;
  const refused = changes.filter(({ reasons }) => reasons.length > 0);
  const allowed = changes.filter(({ reasons }) => reasons.length === 0);
  return [
    `### ${isRelease(verdict) ? "✓ Passed" : "✗ Refused"}: ${code(summary(verdict, environment))}`,
    ...(effects === undefined
      ? []
      : ["", `- Redis: ${effects.redis}`, `- Users: ${effects.users}`]),
    ...section("Refused", [
      ...problems.map((each) => `- the plan: ${code(each)}`),
      ...refused.flatMap(lines),
    ]),
    ...section("Changes", allowed.flatMap(lines)),
    ...section(
      "Reported only",
      notes.map((note) => `- ${code(note)}`),
    ),
    "",
  ].join("\n");
}

const section = (title: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : ["", `**${title}**`, "", ...items];

function lines(change: Judged): string[] {
  const paths = changedPaths(change).map(code).join(", ");
  const what = paths === "" ? "" : `: ${paths}`;
  const reasons = change.reasons.map((reason) => `  - ${code(reason)}`);
  return [`- ${code(change.address)} ${code(change.action)}${what}`, ...reasons];
}
