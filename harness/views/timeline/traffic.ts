import { group, max, quantile } from "d3-array";
import type { RecordedRequest } from "../../plays/stage/recording.ts";
import { isServed } from "../../plays/stage/load.ts";

/** Requests that ended within one interval. */
export interface Bucket {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly served: number;
  readonly failed: number;
  /** Milliseconds from sending to the end of what was served; undefined where nothing was. */
  readonly median: number | undefined;
  readonly slowest: number | undefined;
}

/** A second: requests are shown by it. */
const BUCKET = 1_000;

/** Requests by the second in which they ended. */
export function trafficOf(
  requests: readonly RecordedRequest[],
  from: number,
  to: number,
): Bucket[] {
  const bySecond = group(requests, ({ endedAt }) => Math.floor((endedAt - from) / BUCKET));
  return Array.from({ length: Math.ceil((to - from) / BUCKET) }, (_, second) => {
    const ended = bySecond.get(second) ?? [];
    const served = ended.filter(isServed);
    const latencies = served.map(latencyOf);
    return {
      from: from + second * BUCKET,
      to: Math.min(from + (second + 1) * BUCKET, to),
      served: served.length,
      failed: ended.length - served.length,
      median: quantile(latencies, 0.5),
      slowest: max(latencies),
    };
  });
}

/** What users saw of a whole recording. */
export interface TrafficTotals {
  readonly served: number;
  readonly failed: number;
  readonly median: number | undefined;
  readonly p99: number | undefined;
  /** Milliseconds between two responses that were served, at most. */
  readonly longestGap: number;
}

export function totalsOf(requests: readonly RecordedRequest[]): TrafficTotals {
  const served = requests.filter(isServed);
  const latencies = served.map(latencyOf);
  const ends = served.map(({ endedAt }) => endedAt).toSorted((a, b) => a - b);
  const gaps = ends.slice(1).map((at, index) => at - (ends[index] ?? at));
  return {
    served: served.length,
    failed: requests.length - served.length,
    median: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    longestGap: max(gaps) ?? 0,
  };
}

const latencyOf = ({ sentAt, endedAt }: RecordedRequest): number => endedAt - sentAt;
