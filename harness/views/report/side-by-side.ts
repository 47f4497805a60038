import { html, type Html } from "../html.ts";
import { timeScale } from "../timeline/time-scale.ts";
import { requestsTimeline } from "../timeline/timeline.ts";
import { axesOf } from "../timeline/traffic-charts.ts";
import { trafficOf } from "../timeline/traffic.ts";
import { capitalized } from "../words.ts";
import type { Event, EventSide, MeasuredStep } from "./sides.ts";

/** Milliseconds. The requests of a shorter event are counted in finer intervals. */
const SHORT = 5_000;
const FINE = 250;
const COARSE = 1_000;

/** The number of ticks in a chart of half the width. */
const TICKS = 3;

/** The requests of each event on both sides, on the same scales. */
export function sideBySide(events: readonly Event<MeasuredStep>[]): Html[] {
  return events.map(({ title, sides }) => {
    const longest = Math.max(1_000, ...sides.map((side) => endOf(side) - side.step.at));
    const size = longest < SHORT ? FINE : COARSE;
    const traffics = sides.map((side) =>
      trafficOf(side.recording.requests, side.step.at, endOf(side), size),
    );
    const axes = axesOf(traffics);
    const charts = sides.map(({ name, step }, index) => {
      const scale = timeScale({ from: step.at, to: step.at + longest, tickCount: TICKS });
      return html`<div>
        <h4>${name}</h4>
        ${requestsTimeline(traffics[index] ?? [], scale, axes)}
      </div>`;
    });
    return html`<h3>${capitalized(title)}</h3>
      <div class="columns">${charts}</div>`;
  });
}

/** The end of the step, or the start of the next one. */
function endOf({ recording: { steps, endedAt }, step }: EventSide): number {
  return step.until ?? steps.find(({ at }) => at > step.at)?.at ?? endedAt;
}
