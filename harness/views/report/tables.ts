import type { Recording } from "../../plays/stage/recording.ts";
import { containerBars } from "../timeline/container-bars.ts";
import { eventLine } from "../event-line.ts";
import { html, type Html, type HtmlValue } from "../html.ts";
import { nameBars, RECORD_STATES } from "../timeline/record-bars.ts";
import { PHASES, taskBars } from "../timeline/task-bars.ts";
import { trafficOf } from "../timeline/traffic.ts";
import type { TimeScale } from "../timeline/time-scale.ts";
import { duration, faultTarget, faultWords, short } from "../words.ts";

/** The data of the timeline as tables, also for screen readers. */
export function dataTables(recording: Recording, scale: TimeScale): Html[] {
  return [
    folded("Tasks", tasks(recording, scale)),
    folded("Containers", containers(recording, scale)),
    folded("DNS records", records(recording, scale)),
    folded("Faults", faults(recording, scale)),
    folded("Requests", requests(recording, scale)),
    folded("Everything that happened", log(recording, scale)),
  ];
}

interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly HtmlValue[])[];
}

/** A collapsible table, or nothing without rows. The first column is the row's header. */
function folded(title: string, { head, rows }: Table): Html {
  if (rows.length === 0) return html``;
  return html`<details>
    <summary>${title} <small>${rows.length}</small></summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table>
        <thead>
          <tr>
            ${head.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([first, ...others]) =>
              html`<tr>
                <th scope="row">${first}</th>
                ${others.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function tasks({ events, endedAt }: Recording, { words }: TimeScale): Table {
  return {
    head: ["task", "service", "host", "phases", "ended"],
    rows: taskBars(events, endedAt).map(({ id, service, host, phases, reason, exits }) => [
      short(id),
      service,
      host ?? "–",
      phases.map(({ from, to, state }) => line(`${PHASES[state]}, ${words(from)} – ${words(to)}`)),
      [reason, exits.length > 0 ? `exit codes: ${exits.join(", ")}` : undefined]
        .filter((text) => text !== undefined)
        .map(line),
    ]),
  };
}

/** The container starts that task bars do not show. */
function containers({ events, endedAt }: Recording, { words }: TimeScale): Table {
  return {
    head: ["container", "start", "task", "from", "to", "exit code"],
    rows: containerBars(events, endedAt).map((bar) => [
      bar.container,
      bar.start,
      `${bar.service} ${short(bar.taskId)}`,
      words(bar.from),
      bar.to < endedAt ? words(bar.to) : "the end",
      bar.exitCode ?? "–",
    ]),
  };
}

function records({ events, endedAt }: Recording, { words }: TimeScale): Table {
  return {
    head: ["endpoint", "name", "there", "health"],
    rows: nameBars(events, endedAt).flatMap(({ name, instances }) =>
      instances.map(({ endpoint, from, to, states }) => [
        endpoint,
        name,
        `${words(from)} – ${words(to)}`,
        states.map(({ state, from: since }) =>
          line(`${RECORD_STATES[state]} from ${words(since)}`),
        ),
      ]),
    ),
  };
}

function faults({ faults: all, events }: Recording, { words }: TimeScale): Table {
  return {
    head: ["fault", "hits", "from", "to"],
    rows: all.map((fault) => [
      faultWords(fault),
      faultTarget(fault, events),
      words(fault.at),
      fault.until === undefined ? "the end" : words(fault.until),
    ]),
  };
}

function requests({ requests: all, startedAt, endedAt }: Recording, { words }: TimeScale): Table {
  const traffic = trafficOf(all, startedAt, endedAt);
  return {
    head: ["from", "served", "failed", "median wait", "longest wait"],
    rows: traffic
      .filter(({ served, failed }) => served + failed > 0)
      .map(({ from, served, failed, median, longest }) => [
        words(from),
        served,
        failed,
        duration(median),
        duration(longest),
      ]),
  };
}

function log({ events }: Recording, { words }: TimeScale): Table {
  return {
    head: ["time", "what"],
    rows: events.flatMap((event) => {
      const text = eventLine(event);
      return text === undefined ? [] : [[words(event.at), text]];
    }),
  };
}

const line = (text: string): Html => html`<div>${text}</div>`;
