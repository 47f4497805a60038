import { group, max } from "d3-array";
import type { RecordedRequest } from "../../plays/stage/recording.ts";
import { isServed } from "../../plays/stage/load.ts";
import { type Wait, waitsOf, waitWithin } from "../../plays/stage/waits.ts";

/** The requests sent within an interval. */
export interface Bucket {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly served: number;
  readonly failed: number;
}

/** Milliseconds. */
const SECOND = 1_000;

/**
 * Groups requests by the second in which they were sent, without those sent at or after the end. The last second may
 * be up to half shorter or longer.
 */
export function trafficOf(
  requests: readonly RecordedRequest[],
  from: number,
  to: number,
): Bucket[] {
  if (to <= from) return [];
  const count = Math.max(1, Math.round((to - from) / SECOND));
  const within = requests.filter(({ sentAt }) => sentAt >= from && sentAt < to);
  const intervals = group(within, ({ sentAt }) =>
    Math.min(Math.floor((sentAt - from) / SECOND), count - 1),
  );
  return Array.from({ length: count }, (_, index) => {
    const sent = intervals.get(index) ?? [];
    const served = sent.filter(isServed).length;
    return {
      from: from + index * SECOND,
      to: index === count - 1 ? to : from + (index + 1) * SECOND,
      served,
      failed: sent.length - served,
    };
  });
}

/** The totals of a recording. */
export interface TrafficTotals {
  readonly served: number;
  readonly failed: number;
  /** The waits of users for the first success. */
  readonly median: Wait | undefined;
  readonly p99: Wait | undefined;
  /** The longest time in which no user was served, in milliseconds. */
  readonly longestGap: number;
}

/** @param end of the data. @default the end of the last request */
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

/** The gaps between successes, including users before the first and after the last. */
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
