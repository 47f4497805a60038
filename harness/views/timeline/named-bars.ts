import { type Bar, drawn, isVisible } from "./bars.ts";
import { html, type Html } from "../html.ts";
import { row } from "./row.ts";
import { lanesOf } from "./spans.ts";
import type { TimeScale } from "./time-scale.ts";

/** Pixels of a chart on the smallest phone, and on the smallest screen that the style takes as wide. */
const NARROW = 300;
const WIDE = 640;

/** Pixels of text in its widest font. */
const CHARACTER = 7;
const PADDING = 12;

/** Milliseconds; what is shorter is drawn as a moment. */
const MOMENT = 100;

export const isMoment = ({ from, to }: Pick<Bar, "from" | "to">): boolean => to - from < MOMENT;

/** A bar with its whole label: the time that both take, and where the label is. */
interface NamedBar {
  readonly bar: Bar;
  readonly from: number;
  readonly to: number;
  /**
   * It begins with the bar or ends with it, in one line, or in two that reach the chart's other end; or it
   * needs the whole width.
   */
  readonly side: "begin" | "end" | "begin in two" | "end in two" | "whole";
}

/** A row whose labels are never cut: a label may be longer than its bar, and then has the room to itself. */
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
  // Lines break between words, so two hold less than twice as much.
  const fits = need <= 1.5 * Math.max(after, before);
  const side = fits ? (after >= before ? "begin in two" : "end in two") : "whole";
  return { bar, from: scale.from, to: scale.to, side };
}

function drawnNamed({ bar, side }: NamedBar, scale: TimeScale): Html {
  const [from, to] = [Math.max(bar.from, scale.from), Math.min(bar.to, scale.to)];
  const places = {
    begin: `left: ${scale.left(from)}`,
    end: `right: ${scale.width(to, scale.to)}`,
    // The style gives these two lines, and the whole width.
    "begin in two": `left: ${scale.left(from)}`,
    "end in two": `right: ${scale.width(to, scale.to)}; text-align: right`,
    whole: "",
  };
  return html`${drawn(bar, scale)}${
    bar.label !== "" && html`<span class="name" style="${places[side]}">${bar.label}</span>`
  }`;
}
