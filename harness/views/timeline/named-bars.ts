import { type Bar, isVisible, renderBar } from "./bars.ts";
import { html, type Html } from "../html.ts";
import { row } from "./row.ts";
import { lanesOf } from "./spans.ts";
import type { TimeScale } from "./time-scale.ts";

/** The width of a chart in pixels on the smallest phone, and on the smallest wide screen. */
const NARROW = 300;
const WIDE = 640;

/** The width of text in pixels, in the widest font. */
const CHARACTER = 7;
const PADDING = 12;

/** Milliseconds. Shorter bars are drawn as a point in time. */
const MOMENT = 100;

export const isMoment = ({ from, to }: Pick<Bar, "from" | "to">): boolean => to - from < MOMENT;

/** A bar with its label: the time span of both and the label's position. */
interface NamedBar {
  readonly bar: Bar;
  readonly from: number;
  readonly to: number;
  /**
   * The label begins or ends with the bar, in one line or in two lines up to the chart's other end; or it needs the
   * whole width.
   */
  readonly side: "begin" | "end" | "begin in two" | "end in two" | "whole";
}

/** A row with complete labels. A label longer than its bar reserves its space in the lane. */
export function namedRow(label: Html | string, bars: readonly Bar[], scale: TimeScale): Html {
  const visible = bars.filter(isVisible(scale));
  const [narrow, wide] = [NARROW, WIDE].map((width) =>
    lanesOf(visible.map((bar) => withLabel(bar, scale, width))),
  );
  const plot = [
    html`<div class="narrow">${narrow?.map((lane) => drawnLane(lane, scale))}</div>`,
    html`<div class="wide">${wide?.map((lane) => drawnLane(lane, scale))}</div>`,
  ];
  return row({ label, lines: visible.map(({ words }) => words), plot });
}

function drawnLane(lane: readonly NamedBar[], scale: TimeScale): Html {
  const isWhole = lane.some(({ side }) => side !== "begin" && side !== "end");
  return html`<div class="lane ${isWhole && "whole"}">
    ${lane.map((named) => drawnNamed(named, scale))}
  </div>`;
}

function withLabel(bar: Bar, scale: TimeScale, width: number): NamedBar {
  const [from, to] = [Math.max(bar.from, scale.from), Math.min(bar.to, scale.to)];
  const pixels = bar.label.length * CHARACTER + PADDING;
  const need = (pixels / width) * (scale.to - scale.from);
  if (from + need <= scale.to) return { bar, from, to: Math.max(to, from + need), side: "begin" };
  if (to - need >= scale.from) return { bar, from: Math.min(from, to - need), to, side: "end" };
  const [after, before] = [scale.to - from, to - scale.from];
  // Lines wrap between words, so two lines hold less than twice the text.
  const fits = need <= 1.5 * Math.max(after, before);
  const side = fits ? (after >= before ? "begin in two" : "end in two") : "whole";
  return { bar, from: scale.from, to: scale.to, side };
}

function drawnNamed({ bar, side }: NamedBar, scale: TimeScale): Html {
  const [from, to] = [Math.max(bar.from, scale.from), Math.min(bar.to, scale.to)];
  const places = {
    begin: `left: ${scale.left(from)}`,
    end: `right: ${scale.width(to, scale.to)}`,
    // The style gives it two lines and the whole width.
    "begin in two": `left: ${scale.left(from)}`,
    "end in two": `right: ${scale.width(to, scale.to)}; text-align: right`,
    whole: "",
  };
  return html`${renderBar(bar, scale)}${
    bar.label !== "" && html`<span class="name" style="${places[side]}">${bar.label}</span>`
  }`;
}
