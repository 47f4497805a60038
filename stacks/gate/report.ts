import { visible } from "../../command-line/visible.ts";
import { NEW_REVISION } from "./own-resources.ts";
import { isRelease, type Judged, type Verdict } from "./verdict.ts";

/** The verdict as text: what would change, and why it is not a release. */
export function report(verdict: Verdict, environment: string): string {
  const { problems, changes, notes } = verdict;
  const width = Math.max(0, ...changes.map(({ address }) => address.length));
  const lines = changes.flatMap((change) => {
    const { address, action, reasons } = change;
    const mark = reasons.length === 0 ? "✓" : "✗";
    const paths = changedPaths(change);
    const what = paths.length === 0 ? "" : `: ${paths.join(", ")}`;
    const why = reasons.map((reason) => `    ${reason}`);
    return [`${mark} ${address.padEnd(width)}  ${action}${what}`, ...why];
  });
  return [
    ...problems.map((problem) => `✗ the plan: ${problem}`),
    ...lines,
    ...notes.map((note) => `reported only: ${note}`),
    summary(verdict, environment),
  ]
    .map(visible)
    .join("\n");
}

/** Actions for which the changed paths are listed. */
const CHANGING: ReadonlySet<string> = new Set(["update", "replace"]);

/** The changed arguments, without those that change with every revision. */
export function changedPaths({ action, differing }: Judged): string[] {
  if (!CHANGING.has(action)) return [];
  return differing
    .filter(({ path, isKnown }) => isKnown || !NEW_REVISION.test(path))
    .map(({ path }) => path);
}

/** One line. */
export function summary(verdict: Verdict, environment: string): string {
  const { problems, changes } = verdict;
  if (!isRelease(verdict)) {
    const against = changes.filter(({ reasons }) => reasons.length > 0).length;
    const plan = problems.length === 0 ? "" : `problems of the plan: ${problems.length}; `;
    return `${environment}: not a release of the app; ${plan}${against} of ${changes.length} changes are not allowed in one`;
  }
  if (changes.length === 0) return `${environment}: no changes`;
  return `${environment}: only a release of the app`;
}
