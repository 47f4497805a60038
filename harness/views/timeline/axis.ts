import { html, type Html } from "../html.ts";
import type { TimeScale } from "./time-scale.ts";

/** The distance of the grid lines, equal to that of the ticks. */
export function tickWidth({ ticks, width }: TimeScale): string {
  const [first, second] = ticks;
  return first && second ? width(first.at, second.at) : "100%";
}

/** Whether a label has no space on its right. */
const isLate = (at: number, { from, to }: TimeScale): boolean => (at - from) / (to - from) > 0.92;

/** With more ticks, a phone shows only every second label. */
const DENSE = 7;

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
