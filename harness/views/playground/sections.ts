import { type EcsEvent, type HostState, now, type TaskState } from "../../ecs/index.ts";
import { html, type Html } from "../html.ts";
import { nameBars } from "../timeline/record-bars.ts";
import { taskBars, type TaskPhase } from "../timeline/task-bars.ts";
import { totalsOf } from "../timeline/traffic.ts";
import { legend, timeline } from "../timeline/timeline.ts";
import { timeScale } from "../timeline/time-scale.ts";
import { duration, faultTarget, faultWords, short } from "../words.ts";
import { recordedFaults } from "../../plays/stage/recorded-faults.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import { eventLine } from "../event-line.ts";
import { type Action, actions } from "./actions.ts";
import type { Playground } from "./playground.ts";

/** The parts of the page that change, by the ids of their elements. */
export type Sections = Readonly<
  Record<"status" | "actions" | "hosts" | "records" | "users" | "timeline" | "log", Html>
>;

/** Seconds that the timeline shows. */
const WINDOW = 60;
/** Milliseconds whose requests are summed up. */
const LATELY = 10_000;
const LOG_LINES = 100;

export function sectionsOf(playground: Playground): Sections {
  const { stage } = playground;
  return {
    status: status(playground),
    actions: html`${actions.map((action) => actionItem(action, playground))}`,
    hosts: hosts(stage),
    records: records(stage.events),
    users: users(playground),
    timeline: recently(playground),
    log: log(playground),
  };
}

/** The current action, the faults that last, and the error of the last action. */
function status(playground: Playground): Html {
  const { current, lastRun, stage } = playground;
  const isSteady = stage.ecs.services.every(({ stable }) => stable);
  const calm = isSteady ? "Every service runs what it should" : "ECS is at work";
  const going = current ? `${current.title} …` : calm;
  const faults = stage.ecs.faults.active.map(({ fault, target }) =>
    [
      faultWords({ name: fault }),
      faultTarget(target === undefined ? {} : { target }, stage.events),
    ].join(" "),
  );
  return html`<p class="going ${current ? "busy" : isSteady && "held"}">${going}</p>
    ${faults.length > 0 && html`<p class="broken">Faults now: ${faults.join(", ")}</p>`}
    ${
      lastRun?.error !== undefined &&
      html`<p class="broken">“${lastRun.title}” did not succeed: ${lastRun.error}</p>`
    }`;
}

/** A button; while its fault lasts, it is the button that repairs it. */
function actionItem(action: Action, playground: Playground): Html {
  const { fault, title, description, repairTitle = title } = action;
  const { name } = fault;
  const isActive = playground.isActive(action);
  const isWaiting = playground.current !== undefined && !isActive;
  const address = isActive ? `/actions/${name}/undo` : `/actions/${name}`;
  return html`<li>
    <button
      id="${name}"
      type="button"
      data-post="${address}"
      class="${isActive && "active"}"
      aria-describedby="${name}-words"
      aria-disabled="${isWaiting ? "true" : "false"}"
    >
      ${isActive ? repairTitle : title}
    </button>
    <small id="${name}-words">${description}</small>
  </li>`;
}

function hosts({ ecs, events }: Stage): Html {
  const phases = new Map(
    taskBars(events, now()).map((task) => [task.id, task.phases.at(-1)?.state]),
  );
  const tasks = ecs.services.flatMap((service) => service.tasks);
  return html`${ecs.hosts.map((host) => {
    const here = tasks.filter((task) => host.tasks.includes(task.id));
    return hostItem(
      host,
      here.map((task) => taskItem(task, phases.get(task.id) ?? "starting")),
    );
  })}`;
}

function hostItem(host: HostState, tasks: readonly Html[]): Html {
  const { id, address, status: state, memory, freeMemory } = host;
  const used = memory - freeMemory;
  return html`<li id="${id}" class="host ${state.toLowerCase()}">
    <h3>${id} <small>${address}</small></h3>
    ${state !== "ACTIVE" && html`<p class="broken">${state.toLowerCase()}</p>`}
    <p>
      <meter min="0" max="${memory}" value="${used}" aria-label="memory reserved on ${id}"></meter>
      <small>${used} of ${memory} MiB</small>
    </p>
    <ul class="tasks">
      ${tasks}
    </ul>
  </li>`;
}

function taskItem(task: TaskState, phase: TaskPhase): Html {
  const { id, service, taskDefinition, containers } = task;
  const ports = containers.flatMap((container) => container.ports.map(({ hostPort }) => hostPort));
  const revision = taskDefinition.split(":").at(-1);
  return html`<li id="task-${id}" class="task">
    <b>${service}</b> <small>${short(id)}, revision ${revision}, port ${ports.join(", ")}</small>
    <span class="badge ${phase}">${phase}</span>
  </li>`;
}

/** The instances in Cloud Map. */
function records(events: readonly EcsEvent[]): Html {
  const time = now();
  const names = nameBars(events, time).map(({ name, instances }) => {
    const there = instances.filter(({ to }) => to === time);
    const items = there.map(({ endpoint, states }) => {
      const state = states.at(-1)?.state ?? "new";
      const words = state === "new" ? "not yet healthy" : state;
      return html`<li>${endpoint} <span class="badge ${state}">${words}</span></li>`;
    });
    const none = html`<li><span class="badge none">no records</span></li>`;
    return html`<dt>${name}</dt>
      <dd>
        <ul>
          ${items.length > 0 ? items : none}
        </ul>
      </dd>`;
  });
  return names.length > 0 ? html`<dl>${names}</dl>` : html`<p>No records yet.</p>`;
}

function users(playground: Playground): Html {
  const { served, failed } = playground.counts;
  const lately = totalsOf(playground.requestsSince(now() - LATELY));
  const figures = {
    served: String(served),
    failed: String(failed),
    "served a second": (lately.served / (LATELY / 1_000)).toFixed(1),
    "failed a second": (lately.failed / (LATELY / 1_000)).toFixed(1),
    "median latency": duration(lately.median),
    "99th percentile": duration(lately.p99),
  };
  return html`<dl class="tiles">
    ${Object.entries(figures).map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd class="${name.startsWith("failed") && Number(value) > 0 && "broken"}">${value}</dd>
        </div>`,
    )}
  </dl>`;
}

/** The last minute, drawn as in the report; it moves by whole seconds. */
function recently(playground: Playground): Html {
  const { stage, startedAt: zero } = playground;
  const until = now();
  const to = zero + Math.max(Math.ceil((until - zero) / 1_000), WINDOW) * 1_000;
  const scale = timeScale({ from: to - WINDOW * 1_000, to, zero });
  const happenings = {
    stepName: "done",
    steps: playground.runs.map(({ title, at, endedAt: ended = until }) => ({
      title,
      at,
      until: ended,
    })),
    events: stage.events,
    requests: playground.requestsSince(scale.from),
    faults: recordedFaults(stage.events),
    until,
  };
  return html`${legend()} ${timeline(happenings, scale)}`;
}

function log({ stage, startedAt }: Playground): Html {
  const lines = stage.events.flatMap((event, index) => {
    const text = eventLine(event);
    return text === undefined ? [] : [{ index, text, at: event.at }];
  });
  return html`<ol>
    ${lines
      .slice(-LOG_LINES)
      .toReversed()
      .map(
        ({ index, text, at }) =>
          html`<li id="event-${index}">
            <time>${((at - startedAt) / 1_000).toFixed(1)} s</time> ${text}
          </li>`,
      )}
  </ol>`;
}
