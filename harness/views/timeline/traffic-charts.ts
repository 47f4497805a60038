import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import { html, type Html } from "../html.ts";
import { chart, HEIGHT, WIDTH } from "./chart.ts";
import type { Bucket } from "./traffic.ts";
import { requestLines, requestsInWords, waitInWords, waitLines } from "./traffic-words.ts";
import type { TimeScale } from "./time-scale.ts";

/** The maximum values of the charts. Compared timelines share them. */
export interface Axes {
  readonly requests: number;
  /** Milliseconds. */
  readonly wait: number;
}

/** The axes that fit all traffic. */
export function axesOf(traffics: readonly (readonly Bucket[])[]): Axes {
  const buckets = traffics.flat();
  const requests = max(buckets, (bucket) => rate(bucket, bucket.served + bucket.failed)) ?? 0;
  const wait = max(buckets, ({ longest }) => longest?.milliseconds) ?? 0;
  return { requests: Math.max(requests, 2), wait: Math.max(wait, 100) };
}

/** Converts a count per interval to a count per second. */
const rate = ({ from, to }: Bucket, requests: number): number => (requests * 1_000) / (to - from);

/** The two ends of an interval, for a horizontal line. */
interface Edge {
  readonly at: number;
  readonly bucket: Bucket;
}

/** Requests per second: served ones, with failed ones stacked on top. */
export function requestsRow(buckets: readonly Bucket[], scale: TimeScale, axes: Axes): Html {
  const y = scaleLinear([0, axes.requests], [HEIGHT, 0]).nice(4);
  const x = xOf(scale);
  const stacked = (low: (bucket: Bucket) => number, high: (bucket: Bucket) => number): string =>
    area<Edge>(
      ({ at }) => x(at),
      ({ bucket }) => y(rate(bucket, low(bucket))),
      ({ bucket }) => y(rate(bucket, high(bucket))),
    )(edgesOf(buckets)) ?? "";
  return chart({
    label: html`requests per second
      <small><i class="served"></i> served <i class="failed"></i> failed</small>`,
    marks: html`<path
        class="served"
        d="${stacked(
          () => 0,
          ({ served }) => served,
        )}"
      /><path
        class="failed"
        d="${stacked(
          ({ served }) => served,
          ({ served, failed }) => served + failed,
        )}"
      />`,
    ticks: y.ticks(2).map((value) => ({ top: y(value), label: String(value) })),
    summary: requestsInWords(buckets, scale),
    lines: requestLines(buckets, scale),
  });
}

/** The wait for the first success by second: median and longest. */
export function waitRow(buckets: readonly Bucket[], scale: TimeScale, axes: Axes): Html {
  const y = scaleLinear([0, axes.wait], [HEIGHT, 0]).nice(4);
  const x = xOf(scale);
  const known = ({ bucket }: Edge): boolean => bucket.median !== undefined;
  const median = ({ bucket }: Edge): number => y(bucket.median?.milliseconds ?? 0);
  const spread = area<Edge>(
    ({ at }) => x(at),
    median,
    ({ bucket }) => y(bucket.longest?.milliseconds ?? 0),
  ).defined(known);
  const middle = line<Edge>(({ at }) => x(at), median).defined(known);
  const edges = edgesOf(buckets);
  return chart({
    label: html`wait for the first success <small>median to longest</small>`,
    marks: html`<path class="spread" d="${spread(edges) ?? ""}" /><path
        class="median"
        d="${middle(edges) ?? ""}"
      />`,
    ticks: y.ticks(3).map((value) => ({
      top: y(value),
      label: axes.wait < 1_000 ? `${value} ms` : `${value / 1_000} s`,
    })),
    summary: waitInWords(buckets, scale),
    lines: waitLines(buckets, scale),
  });
}

const xOf = ({ from, to }: TimeScale): ((at: number) => number) =>
  scaleLinear([from, to], [0, WIDTH]);

const edgesOf = (buckets: readonly Bucket[]): Edge[] =>
  buckets.flatMap((bucket) => [
    { at: bucket.from, bucket },
    { at: bucket.to, bucket },
  ]);
