import { type EcsEvent, type HostState, now, type TaskState } from "../../ecs/index.ts";
import { recordedFaults } from "../../plays/stage/recorded-faults.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import { eventLine } from "../event-line.ts";
import { html, type Html } from "../html.ts";
import { nameBars, type RecordState } from "../timeline/record-bars.ts";
import { taskBars, type TaskPhase } from "../timeline/task-bars.ts";
import { timeScale } from "../timeline/time-scale.ts";
import { timeline } from "../timeline/timeline.ts";
import { short } from "../words.ts";
import type { Side } from "./side.ts";
import { endedSince } from "./users-now.ts";

// The sections of a setup: hosts and tasks, DNS records, the last minute and events.

/** Seconds that the timeline shows. */
const WINDOW = 60;
const LOG_LINES = 50;

export function hosts({ id: side, stage }: Side): Html {
  if (!stage) return html`<li>No hosts yet.</li>`;
  const { ecs, events } = stage;
  const phases = new Map(
    taskBars(events, now()).map((task) => [task.id, task.phases.at(-1)?.state]),
  );
  const tasks = ecs.services.flatMap((service) => service.tasks);
  return html`${ecs.hosts.map((host) => {
    const here = tasks.filter((task) => host.tasks.includes(task.id));
    return hostItem(
      side,
      host,
      here.map((task) => taskItem(task, phases.get(task.id) ?? "starting")),
    );
  })}`;
}

/** The meaning of a host's state. */
const HOST_WORDS: Readonly<Record<HostState["status"], string | undefined>> = {
  ACTIVE: undefined,
  DRAINING: "draining: its tasks stop and start on other hosts",
  LOST: "lost: its tasks start on other hosts",
};

function hostItem(side: string, host: HostState, tasks: readonly Html[]): Html {
  const { id, address, status: state, memory, freeMemory } = host;
  const used = memory - freeMemory;
  return html`<li id="${side}-${id}" class="host ${state.toLowerCase()}">
    <h4>${id} <small>${address}</small></h4>
    ${HOST_WORDS[state] && html`<p class="broken">${HOST_WORDS[state]}</p>`}
    <p>
      <meter min="0" max="${memory}" value="${used}" aria-label="memory reserved on ${id}"></meter>
      <small>${used} of ${memory} MiB</small>
    </p>
    <ul class="tasks">
      ${tasks}
    </ul>
  </li>`;
}

/** The words for a state, with an explanation if needed. */
type Words = readonly [words: string, why?: string];

const PHASE_WORDS: Readonly<Record<TaskPhase, Words>> = {
  starting: ["starting"],
  running: ["not yet healthy", "started; no health check has passed yet"],
  healthy: ["healthy"],
  unhealthy: ["unhealthy"],
  stopping: ["stopping", "gets no new requests"],
};

function taskItem(task: TaskState, phase: TaskPhase): Html {
  const { id, service, taskDefinition, containers } = task;
  const ports = containers.flatMap((container) => container.ports.map(({ hostPort }) => hostPort));
  const revision = taskDefinition.split(":").at(-1);
  const [words, why] = PHASE_WORDS[phase];
  return html`<li id="task-${id}" class="task">
    <b>${service}</b> <small>${short(id)}, revision ${revision}, port ${ports.join(", ")}</small>
    <span class="badge ${phase}">${words}</span> ${why && html`<small class="why">${why}</small>`}
  </li>`;
}

/** The instances in Cloud Map. */
export function records({ id, stage, setup }: Side): Html {
  if (setup.srvName === undefined) {
    const why =
      id === "old" ? "the app reaches Redis inside its own task" : "Redis has no SRV records";
    return html`<p>None: ${why}.</p>`;
  }
  const names = recordsByName(stage?.events ?? []);
  return names.length > 0 ? html`<dl>${names}</dl>` : html`<p>None yet.</p>`;
}

const RECORD_WORDS: Readonly<Record<RecordState, Words>> = {
  new: [
    "not yet healthy",
    "Cloud Map shows the health of a task after about 30 s. Until then, DNS answers with the record if no other is healthy.",
  ],
  healthy: ["healthy"],
  unhealthy: ["unhealthy"],
};

function recordsByName(events: readonly EcsEvent[]): Html[] {
  const time = now();
  return nameBars(events, time).map(({ name, instances }) => {
    const there = instances.filter(({ to }) => to === time);
    const items = there.map(({ endpoint, states }) => {
      const state = states.at(-1)?.state ?? "new";
      const [words, why] = RECORD_WORDS[state];
      return html`<li>
        ${endpoint} <span class="badge ${state}">${words}</span> ${
          why && html`<small class="why">${why}</small>`
        }
      </li>`;
    });
    const none = html`<li><span class="badge none">no records</span></li>`;
    return html`<dt>${name}</dt>
      <dd>
        <ul>
          ${items.length > 0 ? items : none}
        </ul>
      </dd>`;
  });
}

/**
 * The last minute, as in the report. It moves in whole seconds.
 * @param zero the time shown as 0 s
 */
export function recently({ stage, steps }: Side, zero: number): Html {
  const until = now();
  const to = zero + Math.max(Math.ceil((until - zero) / 1_000), WINDOW) * 1_000;
  const scale = timeScale({ from: to - WINDOW * 1_000, to, zero });
  const events = stage?.events ?? [];
  const data = {
    stepName: "action",
    steps: steps.map(({ title, at, endedAt = until }) => ({ title, at, until: endedAt })),
    events,
    requests: endedSince(stage?.requests ?? [], scale.from),
    faults: recordedFaults(events),
    until,
  };
  return timeline(data, scale);
}

/** @param zero the time shown as 0 s */
export function log({ id: side, stage }: Side, zero: number): Html {
  const lines = linesOf(stage);
  return html`<ol>
    ${lines
      .slice(-LOG_LINES)
      .toReversed()
      .map(
        ({ index, text, at }) =>
          html`<li id="${side}-event-${index}">
            <time>${((at - zero) / 1_000).toFixed(1)} s</time> ${text}
          </li>`,
      )}
  </ol>`;
}

function linesOf(stage: Stage | undefined) {
  return (stage?.events ?? []).flatMap((event, index) => {
    const text = eventLine(event);
    return text === undefined ? [] : [{ index, text, at: event.at }];
  });
}
