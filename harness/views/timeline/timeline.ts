import { html, type Html } from "../html.ts";
import { axis, tickWidth } from "./axis.ts";
import { faultBands, faultRows } from "./fault-rows.ts";
import type { TimelineData } from "./timeline-data.ts";
import { hostRows } from "./host-rows.ts";
import { nameBars } from "./record-bars.ts";
import { type Bucket, trafficOf } from "./traffic.ts";
import { type Bar, barsRow, recordBar } from "./bars.ts";
import { namedRow } from "./named-bars.ts";
import type { TimeScale } from "./time-scale.ts";
import { heightOf, requestsRow } from "./traffic-charts.ts";

export { legend } from "./legend.ts";

/**
 * Faults, tasks, records and requests on one time scale.
 * @param height of the chart of requests, for compared timelines. @default fits this one
 */
export function timeline(data: TimelineData, scale: TimeScale, height?: number): Html {
  const { steps, requests } = data;
  const until = Math.min(data.until, scale.to);
  const traffic = trafficOf(requests, scale.from, until);
  return html`<div class="timeline" style="--tick: ${tickWidth(scale)}">
    ${faultBands(data, scale)} ${axis(scale)} ${steps.length > 0 && stepsRow(data, scale)}
    ${faultRows(data, scale)} ${hostRows(data, scale)} ${recordRows(data, scale)}
    <p class="group">Users</p>
    ${requestsRow(traffic, scale, height ?? heightOf([traffic]))} ${axis(scale)}
  </div>`;
}

/** Only the requests, with faults and steps, on a separate time scale. */
export function requestsTimeline(
  traffic: readonly Bucket[],
  scale: TimeScale,
  height: number,
  data: TimelineData,
): Html {
  return html`<div class="timeline" style="--tick: ${tickWidth(scale)}">
    ${faultBands(data, scale)} ${stepsRow(data, scale)} ${requestsRow(traffic, scale, height)}
    ${axis(scale)}
  </div>`;
}

const stepsRow = (data: TimelineData, scale: TimeScale): Html =>
  namedRow(data.stepName ?? "step", stepBars(data, scale), scale);

function stepBars({ steps, until }: TimelineData, { words }: TimeScale): Bar[] {
  return steps.map((step, index) => {
    const { title, at: from } = step;
    const to = step.until ?? steps[index + 1]?.at ?? until;
    return {
      from,
      to,
      spans: [{ from, to, state: "step" }],
      label: title,
      words: `${title}: ${words(from)} to ${words(to)}`,
    };
  });
}

const NEW_RECORD =
  "not yet healthy: Cloud Map shows the health of a task after about 30 s; until then, DNS answers with the record if no other is healthy";

function recordRows({ events, until }: TimelineData, scale: TimeScale): Html[] {
  const names = nameBars(events, until);
  if (names.length === 0) return [];
  const rows = names.map(({ name, instances, gaps }) => {
    const none = gaps.map(({ from, to }): Bar => {
      const words = `no records ${scale.words(from)} to ${scale.words(to)}`;
      return { from, to, spans: [{ from, to, state: "none" }], label: "no records", words };
    });
    return barsRow(name, [...instances.map((each) => recordBar(each, scale)), ...none], scale);
  });
  const isNew = names.some(({ instances }) =>
    instances.some(({ states }) => states.some(({ state }) => state === "new")),
  );
  return [
    html`<p class="group">DNS records ${isNew && html`<small>${NEW_RECORD}</small>`}</p>`,
    ...rows,
  ];
}
