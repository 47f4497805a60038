import { group } from "d3-array";
import type { RecordedFault } from "../../plays/stage/recording.ts";
import { html, type Html } from "../html.ts";
import { faultTarget, faultWords } from "../words.ts";
import { type Bar, isVisible } from "./bars.ts";
import { isMoment, namedRow } from "./named-bars.ts";
import type { TimeScale } from "./time-scale.ts";
import type { TimelineData } from "./timeline-data.ts";

/** One row per kind of fault. An active fault is drawn until the end of the data. */
export function faultRows(data: TimelineData, scale: TimeScale): Html[] {
  const { faults } = data;
  return [...group(faults, faultWords)].flatMap(([words, same]) => {
    const bars = same.map((fault) => faultBar(fault, data, scale)).filter(isVisible(scale));
    if (bars.length === 0) return [];
    return [namedRow(html`<span class="broken">${words}</span>`, bars, scale)];
  });
}

function faultBar(
  fault: RecordedFault,
  { events, until }: Pick<TimelineData, "events" | "until">,
  scale: TimeScale,
): Bar {
  const span = { from: fault.at, to: fault.until ?? until };
  const { from, to } = span;
  const end = fault.until === undefined ? `${scale.words(to)}, still active` : scale.words(to);
  const time = isMoment(span) ? `at ${scale.words(from)}` : `${scale.words(from)} to ${end}`;
  const label = faultTarget(fault, events);
  const words = `${[faultWords(fault), label].filter((word) => word !== "").join(" ")}: ${time}`;
  const state = isMoment(span) ? "moment" : "fault";
  return { from, to, spans: [{ from, to, state }], label, words };
}

/** The marks of faults across all rows. */
export function faultBands({ faults, until }: TimelineData, scale: TimeScale): Html {
  const bands = faults
    .map(({ at: from, until: to = until }) => ({ from, to }))
    .filter(isVisible(scale))
    .map(({ from, to }) => [Math.max(from, scale.from), Math.min(to, scale.to)] as const)
    .map(([from, to]) => `left: ${scale.left(from)}; width: ${scale.width(from, to)}`);
  return html`<div class="bands" aria-hidden="true">
    ${bands.map((style) => html`<i style="${style}"></i>`)}
  </div>`;
}
