import { diffOf } from "./diff.ts";
import { planOf, type ReleaseRequest } from "./plan.ts";
import { treeRefusals } from "./refusals.ts";
import { dryRunReport, refusalReport, releasedReport } from "./report.ts";
import { writeRelease } from "./write-release.ts";

/** Makes a release, or tells what it would be. @returns the exit code */
export async function release(
  request: ReleaseRequest,
  say: (text: string) => void,
): Promise<number> {
  const { root, version, isDryRun } = request;
  const plan = await planOf(request);
  if (isDryRun) {
    say(dryRunReport(plan, await diffOf(plan.files)));
    return plan.refusals.length === 0 ? 0 : 1;
  }
  // The checks take long, and may have written something: what was clean before them may not be now.
  const refusals = plan.refusals.length > 0 ? plan.refusals : await treeRefusals(root);
  if (refusals.length > 0) {
    say(refusalReport({ ...plan, refusals }));
    return 1;
  }
  request.signal.throwIfAborted();
  await writeRelease(root, version, plan.files);
  say(releasedReport(plan));
  return 0;
}
