import type { ContainerBar } from "./container-bars.ts";
import { RECORD_STATES, type RecordBar } from "./record-bars.ts";
import { type Span, lanesOf, within } from "./spans.ts";
import { PHASES, type TaskBar } from "./task-bars.ts";
import { html, type Html } from "../html.ts";
import { row } from "./row.ts";
import type { TimeScale } from "./time-scale.ts";
import { short } from "../words.ts";

/** A bar from one time to another, with the colours of its states. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly spans: readonly Span<string>[];
  readonly label: string;
  /** For the tooltip, the list on focus and screen readers. */
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

export function containerBar(bar: ContainerBar, scale: TimeScale): Bar {
  const { from, to, taskId, container, start, exitCode } = bar;
  const exit = exitCode === undefined ? "" : `, exit code ${exitCode}`;
  const time = `${scale.words(from)} to ${scale.words(to)}`;
  return {
    from,
    to,
    spans: [{ from, to, state: "process" }],
    label: String(start),
    words: `start ${start} of ${container}, in task ${short(taskId)}: ${time}${exit}`,
  };
}

export function recordBar(record: RecordBar, scale: TimeScale): Bar {
  const states = record.states.map(
    ({ from, to, state }) => `${RECORD_STATES[state]} ${scale.words(from)} to ${scale.words(to)}`,
  );
  return {
    from: record.from,
    to: record.to,
    spans: record.states,
    label: record.endpoint,
    words: `${record.endpoint}: ${states.join("; ")}`,
  };
}

/** A row of the timeline with its bars in lanes. A label is shown if its bar has space. */
export function barsRow(label: Html | string, bars: readonly Bar[], scale: TimeScale): Html {
  const visible = bars.filter(isVisible(scale));
  return row({
    label,
    lines: visible.map(({ words }) => words),
    plot: lanesOf(visible).map(
      (lane) =>
        html`<div class="lane">
          ${lane.map((bar) => renderBar(bar, scale, html`<span>${bar.label}</span>`))}
        </div>`,
    ),
  });
}

export const isVisible =
  (scale: TimeScale) =>
  ({ from, to }: Pick<Bar, "from" | "to">): boolean =>
    to > scale.from && from < scale.to;

export function renderBar(bar: Bar, scale: TimeScale, label?: Html): Html {
  const [from, to] = [Math.max(bar.from, scale.from), Math.min(bar.to, scale.to)];
  const inner = (span: Span<string>): string =>
    `left: ${share(span.from - from, to - from)}; width: ${share(span.to - span.from, to - from)}`;
  const place = `left: ${scale.left(from)}; width: ${scale.width(from, to)}`;
  return html`<div class="bar" title="${bar.words}" style="${place}">
    ${within(bar.spans, from, to).map(
      (span) => html`<i class="${span.state}" style="${inner(span)}"></i>`,
    )}${label}
  </div>`;
}

const share = (part: number, whole: number): string =>
  `${Math.round((part / whole) * 10_000) / 100}%`;
