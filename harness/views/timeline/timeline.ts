import { group } from "d3-array";
import type { EcsEvent } from "../../ecs/index.ts";
import type { RecordedFault, RecordedRequest, RecordedStep } from "../../plays/stage/recording.ts";
import { html, type Html } from "../html.ts";
import { hostBars } from "./host-bars.ts";
import { nameBars } from "./record-bars.ts";
import { PHASES, taskBars, type TaskBar } from "./task-bars.ts";
import { trafficOf } from "./traffic.ts";
import { type Bar, barsRow, recordBar, taskBar } from "./bars.ts";
import type { TimeScale } from "./time-scale.ts";
import { latencyChart, requestsChart } from "./traffic-charts.ts";
import { faultTarget, faultWords } from "../words.ts";

/** What a timeline is drawn from. */
export interface Happenings {
  /** A step without an end of its own lasts until the next. */
  readonly steps: readonly (RecordedStep & { readonly until?: number })[];
  /** What a step is called. @default "step" */
  readonly stepName?: string;
  readonly events: readonly EcsEvent[];
  readonly requests: readonly RecordedRequest[];
  readonly faults: readonly RecordedFault[];
  /** The end of what is known. */
  readonly until: number;
}

/** Everything on one time scale: faults, tasks, records, and what users saw. */
export function timeline(happenings: Happenings, scale: TimeScale): Html {
  const { steps, faults, requests } = happenings;
  const until = Math.min(happenings.until, scale.to);
  const traffic = trafficOf(requests, scale.from, until);
  return html`<div class="timeline" style="--tick: ${tickWidth(scale)}">
    ${faultBands(faults, scale)} ${axis(scale)}
    ${steps.length > 0 && barsRow(happenings.stepName ?? "step", stepBars(happenings, scale), scale)}
    ${faultRows(happenings, scale)} ${hostRows(happenings, scale)} ${recordRows(happenings, scale)}
    <p class="group">Users</p>
    <div class="row">
      <div class="label">requests a second</div>
      ${requestsChart(traffic, scale)}
    </div>
    <div class="row">
      <div class="label">latency of served</div>
      ${latencyChart(traffic, scale)}
    </div>
    ${axis(scale)}
  </div>`;
}

/** What the colours mean. */
export function legend(): Html {
  const colours = Object.entries({ ...PHASES, none: "no records", fault: "broken on purpose" });
  return html`<ul class="legend" aria-label="Colours">
    ${colours.map(([state, words]) => html`<li><i class="${state}"></i>${words}</li>`)}
    <li><i class="served"></i>served</li>
    <li><i class="failed"></i>failed</li>
  </ul>`;
}

/** The lines behind all rows are as far apart as the ticks. */
function tickWidth({ ticks, width }: TimeScale): string {
  const [first, second] = ticks;
  return first && second ? width(first.at, second.at) : "100%";
}

/** Whether a time has no room on its right. */
const isLate = (at: number, { from, to }: TimeScale): boolean => (at - from) / (to - from) > 0.92;

function axis(scale: TimeScale): Html {
  const labels = scale.ticks.map(
    ({ at, label }) =>
      html`<b class="${isLate(at, scale) && "late"}" style="left: ${scale.left(at)}">${label}</b>`,
  );
  return html`<div class="row axis" aria-hidden="true">
    <div class="label"></div>
    <div class="plot">${labels}</div>
  </div>`;
}

function stepBars({ steps, until }: Happenings, { words }: TimeScale): Bar[] {
  return steps.map((step, index) => {
    const { title, at: from } = step;
    const to = step.until ?? steps[index + 1]?.at ?? until;
    return {
      from,
      to,
      spans: [{ from, to, state: "step" }],
      label: title,
      words: `${title}: ${words(from)} to ${words(to)}`,
      isMoment: to - from < MOMENT,
    };
  });
}

/** Milliseconds; what is shorter is drawn as a moment. */
const MOMENT = 100;

function faultBar(fault: RecordedFault, events: readonly EcsEvent[], scale: TimeScale): Bar {
  const { at: from, until: to = scale.to } = fault;
  const isMoment = to - from < MOMENT;
  const span = isMoment ? `at ${scale.words(from)}` : `${scale.words(from)} to ${scale.words(to)}`;
  const label = faultTarget(fault, events);
  const words = `${faultWords(fault)} ${label}: ${span}`;
  return { from, to, spans: [{ from, to, state: "fault" }], label, words, isMoment };
}

function faultRows({ faults, events }: Happenings, scale: TimeScale): Html[] {
  return [...group(faults.filter(isWithin(scale)), faultWords)].map(([words, same]) => {
    const bars = same.map((fault) => faultBar(fault, events, scale));
    return barsRow(html`<span class="broken">${words}</span>`, bars, scale);
  });
}

const isWithin =
  ({ from, to }: TimeScale) =>
  ({ at, until = to }: RecordedFault): boolean =>
    at < to && until >= from;

/** A fault is marked through all rows. */
function faultBands(faults: readonly RecordedFault[], scale: TimeScale): Html {
  const bands = faults
    .filter(isWithin(scale))
    .map(
      ({ at, until }) => [Math.max(at, scale.from), Math.min(until ?? scale.to, scale.to)] as const,
    )
    .map(([from, to]) => `left: ${scale.left(from)}; width: ${scale.width(from, to)}`);
  return html`<div class="bands" aria-hidden="true">
    ${bands.map((style) => html`<i style="${style}"></i>`)}
  </div>`;
}

function hostRows({ events, until }: Happenings, scale: TimeScale): Html[] {
  const tasks = taskBars(events, until).filter(
    ({ from, to }) => to > scale.from && from < scale.to,
  );
  const placed = hostBars(events, until).map(({ host, troubles }) => {
    const bars = troubles.map((trouble): Bar => {
      const words = trouble.state.toLowerCase();
      return {
        ...trouble,
        spans: [{ ...trouble, state: words }],
        label: words,
        words: `${words} ${scale.words(trouble.from)} to ${scale.words(trouble.to)}`,
      };
    });
    const here = tasks.filter((task) => task.host === host);
    const isVisible = here.length > 0 || troubles.some(({ to }) => to > scale.from);
    if (!isVisible) return html``;
    return html`<p class="group">${host}</p>
      ${bars.length > 0 && barsRow("the host", bars, scale)} ${serviceRows(here, scale)}`;
  });
  const homeless = tasks.filter(({ host }) => host === undefined);
  if (homeless.length === 0) return placed;
  return [
    ...placed,
    html`<p class="group">Not placed</p>
      ${serviceRows(homeless, scale)}`,
  ];
}

function serviceRows(tasks: readonly TaskBar[], scale: TimeScale): Html[] {
  const services = [...group(tasks, ({ service }) => service)].toSorted(([a], [b]) =>
    a.localeCompare(b, "en"),
  );
  return services.map(([service, own]) =>
    barsRow(
      service,
      own.map((task) => taskBar(task, scale)),
      scale,
    ),
  );
}

function recordRows({ events, until }: Happenings, scale: TimeScale): Html[] {
  const names = nameBars(events, until);
  if (names.length === 0) return [];
  const rows = names.map(({ name, instances, gaps }) => {
    const none = gaps.map(({ from, to }): Bar => {
      const words = `no records ${scale.words(from)} to ${scale.words(to)}`;
      return { from, to, spans: [{ from, to, state: "none" }], label: "no records", words };
    });
    return barsRow(name, [...instances.map((each) => recordBar(each, scale)), ...none], scale);
  });
  return [html`<p class="group">DNS records</p>`, ...rows];
}
