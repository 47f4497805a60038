import { NEW_REVISION } from "./own-resources.ts";
import { isRelease, type Verdict } from "./verdict.ts";

/** Actions for which the changed paths are listed. */
const changing: ReadonlySet<string> = new Set(["update", "replace"]);

/** The verdict as text: what would change, and why it is not a release. */
export function report(verdict: Verdict, environment: string): string {
  const { problems, changes, drifted } = verdict;
  const width = Math.max(0, ...changes.map(({ address }) => address.length));
  const lines = changes.flatMap(({ address, action, differing, reasons }) => {
    const mark = reasons.length === 0 ? "✓" : "✗";
    // Leave out attributes that change with every revision.
    const paths = differing.filter(({ path, isKnown }) => isKnown || !NEW_REVISION.test(path));
    const what = changing.has(action) ? `: ${paths.map(({ path }) => path).join(", ")}` : "";
    const why = reasons.map((reason) => `    ${reason}`);
    return [`${mark} ${address.padEnd(width)}  ${action}${what}`, ...why];
  });
  const drift =
    drifted.length === 0
      ? []
      : [`changed outside of Terraform (reported only): ${drifted.join(", ")}`];
  return [
    ...problems.map((problem) => `✗ the plan: ${problem}`),
    ...lines,
    ...drift,
    summary(verdict, environment),
  ]
    .map(visible)
    .join("\n");
}

/** Replaces control characters, so that a name in a plan cannot forge or hide lines. */
const visible = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");

function summary(verdict: Verdict, environment: string): string {
  const { changes } = verdict;
  if (!isRelease(verdict)) {
    const against = changes.filter(({ reasons }) => reasons.length > 0).length;
    return `${environment}: not a release of the app; ${against} of ${changes.length} changes are not allowed in one`;
  }
  if (changes.length === 0) return `${environment}: no changes`;
  return `${environment}: only a release of the app`;
}
