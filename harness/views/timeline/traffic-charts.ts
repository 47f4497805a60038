import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area } from "d3-shape";
import { html, type Html } from "../html.ts";
import { chart, HEIGHT, WIDTH } from "./chart.ts";
import type { Bucket } from "./traffic.ts";
import { requestLines, requestsInWords } from "./traffic-words.ts";
import type { TimeScale } from "./time-scale.ts";

/** The most requests a second of all traffic: the height of the charts, which compared timelines share. */
export function heightOf(traffics: readonly (readonly Bucket[])[]): number {
  return max(traffics.flat(), (bucket) => rate(bucket, bucket.served + bucket.failed)) ?? 0;
}

/** Converts a count per interval to a count per second. */
const rate = ({ from, to }: Bucket, requests: number): number => (requests * 1_000) / (to - from);

/** The two ends of an interval, for a horizontal line. */
interface Edge {
  readonly at: number;
  readonly bucket: Bucket;
}

/** Requests per second: served ones, with failed ones stacked on top. */
export function requestsRow(buckets: readonly Bucket[], scale: TimeScale, height: number): Html {
  const y = scaleLinear([0, Math.max(height, 2)], [HEIGHT, 0]).nice(4);
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

const xOf = ({ from, to }: TimeScale): ((at: number) => number) =>
  scaleLinear([from, to], [0, WIDTH]);

const edgesOf = (buckets: readonly Bucket[]): Edge[] =>
  buckets.flatMap((bucket) => [
    { at: bucket.from, bucket },
    { at: bucket.to, bucket },
  ]);
