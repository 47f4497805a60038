import { max } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { area, line } from "d3-shape";
import { html, type Html } from "../html.ts";
import type { Bucket } from "./traffic.ts";
import type { TimeScale } from "./time-scale.ts";

/** Charts are drawn in these units and stretched to the place there is; lines keep their width. */
const WIDTH = 1_000;
const HEIGHT = 100;

/** Where a second begins, and where it ends: a line from one to the other is level. */
interface Edge {
  readonly at: number;
  readonly bucket: Bucket;
}

/** Requests served and, on top of them, failed in each second. */
export function requestsChart(buckets: readonly Bucket[], scale: TimeScale): Html {
  const most = max(buckets, ({ served, failed }) => served + failed) ?? 0;
  const y = scaleLinear([0, Math.max(most, 2)], [HEIGHT, 0]).nice(2);
  const x = xOf(scale);
  const stacked = (low: (bucket: Bucket) => number, high: (bucket: Bucket) => number): string =>
    area<Edge>(
      ({ at }) => x(at),
      ({ bucket }) => y(low(bucket)),
      ({ bucket }) => y(high(bucket)),
    )(edgesOf(buckets)) ?? "";
  return chart({
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
    words: requestsInWords(buckets, scale),
  });
}

/** How long served requests took in each second: the median, and up to the slowest. Logarithmic. */
export function latencyChart(buckets: readonly Bucket[], scale: TimeScale): Html {
  const slowest = max(buckets, (bucket) => bucket.slowest) ?? 1;
  const top = Math.max(10 ** Math.ceil(Math.log10(slowest)), 100);
  const y = scaleLog([1, top], [HEIGHT, 0]).clamp(true);
  const x = xOf(scale);
  const known = ({ bucket }: Edge): boolean => bucket.median !== undefined;
  const median = ({ bucket }: Edge): number => y(bucket.median ?? 1);
  const spread = area<Edge>(
    ({ at }) => x(at),
    median,
    ({ bucket }) => y(bucket.slowest ?? 1),
  ).defined(known);
  const middle = line<Edge>(({ at }) => x(at), median).defined(known);
  const edges = edgesOf(buckets);
  return chart({
    marks: html`<path class="spread" d="${spread(edges) ?? ""}" /><path
        class="median"
        d="${middle(edges) ?? ""}"
      />`,
    ticks: [1, 10, 100, 1_000, 10_000]
      .filter((value) => value <= top)
      .map((value) => ({
        top: y(value),
        label: value < 1_000 ? `${value} ms` : `${value / 1_000} s`,
      })),
    words: latencyInWords(buckets),
  });
}

const xOf = ({ from, to }: TimeScale): ((at: number) => number) =>
  scaleLinear([from, to], [0, WIDTH]);

const edgesOf = (buckets: readonly Bucket[]): Edge[] =>
  buckets.flatMap((bucket) => [
    { at: bucket.from, bucket },
    { at: bucket.to, bucket },
  ]);

interface Chart {
  readonly marks: Html;
  readonly ticks: readonly { readonly top: number; readonly label: string }[];
  readonly words: string;
}

function chart({ marks, ticks, words }: Chart): Html {
  return html`<div class="plot chart" role="img" aria-label="${words}">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${ticks.map(({ top }) => html`<line x1="0" x2="${WIDTH}" y1="${top}" y2="${top}" />`)}
      ${marks}
    </svg>
    ${ticks.map(({ top, label }) => html`<b style="top: ${(top / HEIGHT) * 100}%">${label}</b>`)}
  </div>`;
}

function requestsInWords(buckets: readonly Bucket[], scale: TimeScale): string {
  const failing = buckets.filter(({ failed }) => failed > 0);
  const served = buckets.reduce((sum, bucket) => sum + bucket.served, 0);
  const failed = failing.reduce((sum, bucket) => sum + bucket.failed, 0);
  const [first, last] = [failing[0], failing.at(-1)];
  const when =
    first && last ? `, between ${scale.words(first.from)} and ${scale.words(last.to)}` : "";
  return `requests a second: ${served} served, ${failed} failed${when}`;
}

function latencyInWords(buckets: readonly Bucket[]): string {
  const slowest = max(buckets, (bucket) => bucket.slowest);
  if (slowest === undefined) return "latency: nothing was served";
  return `latency of served requests, median and slowest of each second: at most ${Math.round(slowest)} ms`;
}
