import { html, type Html } from "../html.ts";
import type { TimeScale } from "./time-scale.ts";

/** The lines behind all rows are as far apart as the ticks. */
export function tickWidth({ ticks, width }: TimeScale): string {
  const [first, second] = ticks;
  return first && second ? width(first.at, second.at) : "100%";
}

/** Whether a time has no room on its right. */
const isLate = (at: number, { from, to }: TimeScale): boolean => (at - from) / (to - from) > 0.92;

/** With more ticks than these a phone has room for every second label only. */
const DENSE = 7;

/** A row with the times of the scale. */
export function axis(scale: TimeScale): Html {
  const labels = scale.ticks.map(
    ({ at, label }) =>
      html`<b class="${isLate(at, scale) && "late"}" style="left: ${scale.left(at)}">${label}</b>`,
  );
  return html`<div class="row axis ${scale.ticks.length > DENSE && "dense"}" aria-hidden="true">
    <div class="label"></div>
    <div class="plot">${labels}</div>
  </div>`;
}
