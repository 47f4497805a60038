import { bisector } from "d3-array";
import { isServed } from "./load.ts";
import type { RecordedRequest } from "./recording.ts";

/** How long a user waited for the first success. */
export interface Wait {
  readonly milliseconds: number;
  /** Nothing was served until the end: the user waits at least this long. */
  readonly isAtLeast: boolean;
}

/**
 * How long each user waited, in the order of the requests. The user of a request that failed comes again until
 * one is served: the wait ends with the first success among the requests sent after the failure.
 * @param end of what is known, in milliseconds since the epoch
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

/** For each request the earliest end among it and those after it. */
function earliestEnds(requests: readonly RecordedRequest[]): number[] {
  let earliest = Number.POSITIVE_INFINITY;
  return requests
    .toReversed()
    .map(({ endedAt }) => (earliest = Math.min(earliest, endedAt)))
    .toReversed();
}

/** The wait that a share of the users did not exceed; undefined where there were none. */
export function waitWithin(share: number, waits: readonly Wait[]): Wait | undefined {
  const sorted = waits.toSorted((a, b) => a.milliseconds - b.milliseconds);
  const rank = Math.max(Math.ceil(share * sorted.length), 1) - 1;
  const wait = sorted[rank];
  // A shorter wait that had no end may have become a longer one.
  return wait && { ...wait, isAtLeast: sorted.slice(0, rank + 1).some((each) => each.isAtLeast) };
}
