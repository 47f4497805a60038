import { group, max } from "d3-array";
import type { RecordedRequest } from "../../plays/stage/recording.ts";
import { isServed } from "../../plays/stage/load.ts";
import { type Wait, waitsOf, waitWithin } from "../../plays/stage/waits.ts";

/** Requests that were sent within one interval. */
export interface Bucket {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly served: number;
  readonly failed: number;
  /** How long their users waited for the first success; undefined where none came. */
  readonly median: Wait | undefined;
  readonly longest: Wait | undefined;
}

/** A second: requests are shown by it. */
const SECOND = 1_000;

/**
 * Requests by the interval in which they were sent, without those sent at the end or later. The last interval
 * may be shorter or longer than the others by half.
 * @param size milliseconds of an interval. @default a second
 */
export function trafficOf(
  requests: readonly RecordedRequest[],
  from: number,
  to: number,
  size = SECOND,
): Bucket[] {
  if (to <= from) return [];
  const waits = waitsOf(requests, to);
  const count = Math.max(1, Math.round((to - from) / size));
  const users = requests
    .map((request, index) => ({ request, wait: waits[index] }))
    .filter(({ request: { sentAt } }) => sentAt >= from && sentAt < to);
  const intervals = group(users, ({ request: { sentAt } }) =>
    Math.min(Math.floor((sentAt - from) / size), count - 1),
  );
  return Array.from({ length: count }, (_, index) => {
    const sent = intervals.get(index) ?? [];
    const served = sent.filter(({ request }) => isServed(request)).length;
    const own = sent.flatMap(({ wait }) => wait ?? []);
    return {
      from: from + index * size,
      to: index === count - 1 ? to : from + (index + 1) * size,
      served,
      failed: sent.length - served,
      median: waitWithin(0.5, own),
      longest: waitWithin(1, own),
    };
  });
}

/** What users saw of a whole recording. */
export interface TrafficTotals {
  readonly served: number;
  readonly failed: number;
  /** How long users waited for the first success. */
  readonly median: Wait | undefined;
  readonly p99: Wait | undefined;
  /** Milliseconds in which users came and none was served, at most. */
  readonly longestGap: number;
}

/** @param end of what is known. @default the end of the last request */
export function totalsOf(
  requests: readonly RecordedRequest[],
  end: number = max(requests, ({ endedAt }) => endedAt) ?? 0,
): TrafficTotals {
  const served = requests.filter(isServed);
  const waits = waitsOf(requests, end);
  return {
    served: served.length,
    failed: requests.length - served.length,
    median: waitWithin(0.5, waits),
    p99: waitWithin(0.99, waits),
    longestGap: longestGap(requests, end),
  };
}

/** From one success to the next; users that came before the first or after the last count as well. */
function longestGap(requests: readonly RecordedRequest[], end: number): number {
  const sent = requests.map(({ sentAt }) => sentAt).toSorted((a, b) => a - b);
  const successes = requests
    .filter(isServed)
    .map(({ endedAt }) => endedAt)
    .toSorted((a, b) => a - b);
  const [first, last] = [sent[0], sent.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const isServedLast = last <= (successes.at(-1) ?? Number.NEGATIVE_INFINITY);
  const ends = [first, ...successes, ...(isServedLast ? [] : [end])];
  return max(ends.slice(1).map((at, index) => at - (ends[index] ?? at))) ?? 0;
}
