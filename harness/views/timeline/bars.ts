import type { RecordBar } from "./record-bars.ts";
import { type Span, lanesOf, within } from "./spans.ts";
import { PHASES, type TaskBar } from "./task-bars.ts";
import { html, type Html } from "../html.ts";
import type { TimeScale } from "./time-scale.ts";
import { short } from "../words.ts";

/** Something drawn from one time to another, in the colours of its states. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly spans: readonly Span<string>[];
  /** Written on it where there is room; beside it for a moment. */
  readonly label: string;
  readonly isMoment?: boolean;
  /** For its tooltip, and for people who hear the chart. */
  readonly words: string;
}

export function taskBar(task: TaskBar, scale: TimeScale): Bar {
  const phases = task.phases.map(
    ({ from, to, state }) => `${PHASES[state]} ${scale.words(from)} to ${scale.words(to)}`,
  );
  const reason = task.reason === undefined ? [] : [task.reason];
  return {
    from: task.from,
    to: task.to,
    spans: task.phases,
    label: short(task.id),
    words: `task ${short(task.id)}: ${[...phases, ...reason].join("; ")}`,
  };
}

export function recordBar(record: RecordBar, scale: TimeScale): Bar {
  const states = record.states.map(
    ({ from, to, state }) => `${state} ${scale.words(from)} to ${scale.words(to)}`,
  );
  return {
    from: record.from,
    to: record.to,
    spans: record.states,
    label: record.endpoint,
    words: `${record.endpoint}: ${states.join("; ")}`,
  };
}

/** A row of the timeline: a name, and its bars in as many lanes as they need. */
export function barsRow(label: Html | string, bars: readonly Bar[], scale: TimeScale): Html {
  const visible = bars.filter(({ from, to }) => to > scale.from && from < scale.to);
  const lanes = lanesOf(visible);
  const words = visible.map((bar) => bar.words).join(". ");
  return html`<div class="row">
    <div class="label">${label}</div>
    <div class="plot" role="img" aria-label="${words || "nothing"}">
      ${lanes.map((lane) => html`<div class="lane">${drawnLane(lane, scale)}</div>`)}
    </div>
  </div>`;
}

function drawnLane(lane: readonly Bar[], scale: TimeScale): Html[] {
  return lane.map((bar, index) => {
    if (!bar.isMoment) return drawn(bar, scale);
    return drawnMoment(bar, scale, [
      Math.max(lane[index - 1]?.to ?? scale.from, scale.from),
      Math.min(lane[index + 1]?.from ?? scale.to, scale.to),
    ]);
  });
}

function drawn(bar: Bar, scale: TimeScale): Html {
  const [from, to] = [Math.max(bar.from, scale.from), Math.min(bar.to, scale.to)];
  const inner = (span: Span<string>): string =>
    `left: ${share(span.from - from, to - from)}; width: ${share(span.to - span.from, to - from)}`;
  return html`<div class="bar" title="${bar.words}" style="${placeOf(from, to, scale)}">
    ${within(bar.spans, from, to).map(
      (span) => html`<i class="${span.state}" style="${inner(span)}"></i>`,
    )}<span>${bar.label}</span>
  </div>`;
}

/** A mark, and its label in the room beside it: on its right, or on its left near the end. */
function drawnMoment(bar: Bar, scale: TimeScale, [before, after]: readonly [number, number]): Html {
  const late = isLate(bar.from, scale);
  const place = late ? placeOf(before, bar.from, scale) : placeOf(bar.from, after, scale);
  return html`<div class="bar moment ${late && "late"}" title="${bar.words}" style="${place}">
    <i class="${bar.spans[0]?.state}"></i><span>${bar.label}</span>
  </div>`;
}

const placeOf = (from: number, to: number, { left, width }: TimeScale): string =>
  `left: ${left(from)}; width: ${width(from, to)}`;

/** Whether a time may have no room for words on its right. */
const isLate = (at: number, { from, to }: TimeScale): boolean => (at - from) / (to - from) > 0.5;

const share = (part: number, whole: number): string =>
  `${Math.round((part / whole) * 10_000) / 100}%`;
