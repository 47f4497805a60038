import { code } from "../../command-line/markdown-code.ts";
import { visible } from "../../command-line/visible.ts";
import { bodiesIn, nameIn } from "./app-resources.ts";
import { NEW_REVISION } from "./expected.ts";
import type { Fields } from "./values.ts";
import { isRelease, type Verdict } from "./verdict.ts";

/** The verdict as text: what would change, and why it is not a release. */
export function report(verdict: Verdict, environment: string): string {
  const lines = linesOf(verdict, environment, (text) => text);
  return lines.map(visible).join("\n");
}

/**
 * The verdict as Markdown, for a job summary or a pull request. Text of the plan is always code: there, it can make no
 * link, no mention and no HTML. There are no tables, where it could end a cell.
 */
export function markdown(verdict: Verdict, environment: string, redis: string): string {
  const lines = linesOf(verdict, environment, code).map((line) => line.replace(/^ */, "$&- "));
  const title = `### ${isRelease(verdict) ? "✓ Passed" : "✗ Refused"}: ${lines.pop()?.slice(2)}`;
  return [title, "", `Redis: ${redis}`, "", ...lines, ""].join("\n");
}

/** The last line is the summary. */
function linesOf(verdict: Verdict, environment: string, quote: (text: string) => string): string[] {
  const lines = verdict.problems.map((problem) => `✗ the plan: ${quote(problem)}`);
  for (const { address, action, reasons, differing } of verdict.changes) {
    const own = differing.filter(({ path, isKnown }) => isKnown || !NEW_REVISION.test(path));
    const paths = ["update", "replace"].includes(action) ? own.map(({ path }) => quote(path)) : [];
    const what = `${quote(address)} ${quote(action)}${paths.length > 0 ? ": " : ""}${paths.join(", ")}`;
    lines.push(`${reasons.length === 0 ? "✓" : "✗"} ${what}`);
    lines.push(...reasons.map((reason) => `    ${quote(reason)}`));
  }
  lines.push(...verdict.notes.map((note) => `reported only: ${quote(note)}`));
  const passed = verdict.changes.length === 0 ? "no changes" : "only a release of the app";
  const verdictText = isRelease(verdict) ? passed : "not a release of the app";
  return [...lines, quote(`${environment}: ${verdictText}`)];
}

/** Resources that contain Redis' data. */
const DATA =
  /^aws_(?:efs_file_system|efs_access_point|elasticache_(?:replication_group|cluster))\./;

/** What a plan means for the Redis with this name in AWS. */
export function redisEffect(verdict: Verdict, name: string, module: Fields): string {
  if (isRelease(verdict)) return "not touched";
  const bodies = bodiesIn(module);
  const own = verdict.changes.filter(({ address }) => {
    const isTask = address.startsWith("aws_ecs_") && nameIn(bodies.get(address)) === name;
    return isTask || DATA.test(address);
  });
  const ends = own.filter(({ action }) => !["create", "update", "move"].includes(action));
  if (ends.some(({ address }) => DATA.test(address))) return "may lose its data";
  if (ends.length > 0) return "stops, or restarts: there is none until a task has loaded the data";
  if (own.length > 0) return "may restart";
  return "its own resources do not change; the rest of the plan may affect it";
}
