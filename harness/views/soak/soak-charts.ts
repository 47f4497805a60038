import { extent, max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import type { SoakRecord } from "../../soak/record.ts";
import { html, type Html } from "../html.ts";
import { axis, tickWidth } from "../timeline/axis.ts";
import { chart, HEIGHT, WIDTH } from "../timeline/chart.ts";
import { type TimeScale, timeScale } from "../timeline/time-scale.ts";

interface Series {
  readonly label: string;
  /** Formats a value with its unit. */
  readonly words: (value: number) => string;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

/** Charts of the duration of each move and of the clients' resources. */
export function soakCharts(record: SoakRecord): Html {
  const { beganAt, endedAt, tracker, samples } = record;
  // A soak without duration also needs an axis.
  const scale = timeScale({ from: beganAt, to: Math.max(endedAt, beganAt + 1_000) });
  const held = (value: (sample: (typeof samples)[number]) => number): Series["points"] =>
    samples.map((sample) => ({ at: Math.min(sample.at, scale.to), value: value(sample) }));
  const series: Series[] = [
    {
      label: "no write acknowledged, each move",
      words: (value) => `${(value / 1_000).toFixed(1)} s`,
      points: tracker.moves.map(({ lastAt, at }) => ({ at, value: at - lastAt })),
    },
    { label: "heap of the clients", words: mebibytes, points: held(({ heap }) => heap / MEBIBYTE) },
    {
      label: "resident memory of the clients",
      words: mebibytes,
      points: held(({ resident }) => resident / MEBIBYTE),
    },
    {
      label: "sockets of the clients",
      words: String,
      points: held(({ descriptors }) => descriptors["socket"] ?? 0),
    },
  ];
  return html`<div class="timeline" style="--tick: ${tickWidth(scale)}">
    ${axis(scale)} ${series.map((each) => seriesRow(each, scale))} ${axis(scale)}
  </div>`;
}

const MEBIBYTE = 2 ** 20;
const mebibytes = (value: number): string => `${value.toFixed(1)} MiB`;

/** The scale begins at 0, so that a growth of 5 % looks like 5 %. */
function seriesRow({ label, words, points }: Series, scale: TimeScale): Html {
  const x = scaleLinear([scale.from, scale.to], [0, WIDTH]);
  const y = scaleLinear([0, max(points, ({ value }) => value) ?? 1], [HEIGHT, 0]).nice(4);
  const path = line<(typeof points)[number]>(
    ({ at }) => x(at),
    ({ value }) => y(value),
  )(points);
  const [least, most] = extent(points, ({ value }) => value);
  const summary =
    least === undefined || most === undefined
      ? "nothing measured"
      : `${points.length} values, from ${words(least)} to ${words(most)}`;
  return chart({
    label,
    marks: html`<path class="median" d="${path ?? ""}" />`,
    ticks: y.ticks(2).map((value) => ({ top: y(value), label: words(value) })),
    summary,
    lines: [],
  });
}
