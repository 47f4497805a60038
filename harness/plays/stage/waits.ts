import { bisector } from "d3-array";
import { isServed } from "./load.ts";
import type { RecordedRequest } from "./recording.ts";

/** The wait of a user for the first success. */
export interface Wait {
  readonly milliseconds: number;
  /** No success until the end, so the wait is at least this long. */
  readonly isAtLeast: boolean;
}

/**
 * The wait of each user, in the order of the requests. The user of a failed request retries, so the wait ends with
 * the first success among the requests sent after the failure.
 * @param end of the recording, in milliseconds since the epoch
 */
export function waitsOf(requests: readonly RecordedRequest[], end: number): Wait[] {
  const served = requests.filter(isServed).toSorted((a, b) => a.sentAt - b.sentAt);
  const firstEnds = earliestEnds(served);
  return requests.map((request) => {
    const { sentAt, endedAt } = request;
    const successAt = isServed(request) ? endedAt : firstEnds[bySending.left(served, endedAt)];
    if (successAt !== undefined) {
      return { milliseconds: successAt - sentAt, isAtLeast: false };
    }
    return { milliseconds: Math.max(end, endedAt) - sentAt, isAtLeast: true };
  });
}

const bySending = bisector(({ sentAt }: RecordedRequest) => sentAt);

/** For each request, the earliest end among it and later ones. */
function earliestEnds(requests: readonly RecordedRequest[]): number[] {
  let earliest = Number.POSITIVE_INFINITY;
  return requests
    .toReversed()
    .map(({ endedAt }) => (earliest = Math.min(earliest, endedAt)))
    .toReversed();
}

/** A quantile of the waits. Undefined without users. */
export function waitWithin(share: number, waits: readonly Wait[]): Wait | undefined {
  const sorted = waits.toSorted((a, b) => a.milliseconds - b.milliseconds);
  const rank = Math.max(Math.ceil(share * sorted.length), 1) - 1;
  const wait = sorted[rank];
  // A wait without an end may be longer than recorded.
  return wait && { ...wait, isAtLeast: sorted.slice(0, rank + 1).some((each) => each.isAtLeast) };
}
