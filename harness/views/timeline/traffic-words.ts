import type { Bucket } from "./traffic.ts";
import type { TimeScale } from "./time-scale.ts";

// The chart of requests in words, for screen readers and the list on focus.

export function requestsInWords(buckets: readonly Bucket[], scale: TimeScale): string {
  const failing = buckets.filter(({ failed }) => failed > 0);
  const served = buckets.reduce((sum, bucket) => sum + bucket.served, 0);
  const failed = failing.reduce((sum, bucket) => sum + bucket.failed, 0);
  const [first, last] = [failing[0], failing.at(-1)];
  const when =
    first && last ? `, between ${scale.words(first.from)} and ${scale.words(last.to)}` : "";
  return `requests a second: ${served} served, ${failed} failed${when}`;
}

/** `3.0 s to 27.0 s: 490 of 498 failed`. Groups equal seconds. */
export function requestLines(buckets: readonly Bucket[], scale: TimeScale): string[] {
  return runsOf(buckets).map((run) => {
    const failed = run.reduce((sum, bucket) => sum + bucket.failed, 0);
    const sent = run.reduce((sum, bucket) => sum + bucket.served, failed);
    return `${timeOf(run, scale)}: ${failed} of ${sent} failed`;
  });
}

/** Groups consecutive seconds of one kind: all served, some failed, all failed. Leaves out seconds without users. */
function runsOf(buckets: readonly Bucket[]): Bucket[][] {
  const runs: Bucket[][] = [];
  for (const bucket of buckets) {
    const last = runs.at(-1);
    if (last?.[0] && kindOf(last[0]) === kindOf(bucket)) last.push(bucket);
    else runs.push([bucket]);
  }
  return runs.filter(([first]) => first && kindOf(first) !== "empty");
}

function kindOf({ served, failed }: Bucket): string {
  if (served + failed === 0) return "empty";
  if (failed === 0) return "served";
  return served === 0 ? "failed" : "mixed";
}

const timeOf = (run: readonly Bucket[], scale: TimeScale): string =>
  `${scale.words(run[0]?.from ?? scale.from)} to ${scale.words(run.at(-1)?.to ?? scale.to)}`;
