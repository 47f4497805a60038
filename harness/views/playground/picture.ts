import { type ContainerState, type HostState, now, type TaskState } from "../../ecs/index.ts";
import { recordedFaults } from "../../plays/stage/recorded-faults.ts";
import type { Stage } from "../../plays/stage/stage.ts";
import { html, type Html } from "../html.ts";
import { nameBars, type RecordBar } from "../timeline/record-bars.ts";
import { PHASES, taskBars, type TaskPhase } from "../timeline/task-bars.ts";
import { timeScale } from "../timeline/time-scale.ts";
import { requestsTimeline } from "../timeline/timeline.ts";
import { heightOf } from "../timeline/traffic-charts.ts";
import { trafficOf } from "../timeline/traffic.ts";
import { short } from "../words.ts";
import type { Side } from "./side.ts";
import { endedSince } from "./users-now.ts";

// The picture of a setup: hosts with their tasks, the SRV record and the requests of the last minute.

/** Milliseconds that the requests are shown. */
const WINDOW = 60_000;
/** The number of ticks in a chart of half the width. */
const TICKS = 4;
/** Milliseconds for which a stopped task is shown. */
const STOPPED_TIME = 5_000;

export function hosts({ id: side, stage }: Side): Html {
  if (!stage) return html`<li>No hosts yet.</li>`;
  const { ecs, events } = stage;
  const time = now();
  const phases = new Map(
    taskBars(events, time).map((task) => [task.id, task.phases.at(-1)?.state]),
  );
  const shown = ecs.services
    .flatMap((service) => service.tasks)
    .filter(({ stoppedAt = time }) => stoppedAt > time - STOPPED_TIME);
  return html`${ecs.hosts.map((host) => {
    const tasks = shown.filter((task) => task.host === host.id);
    const items = tasks.map((task) => taskItem(task, phases.get(task.id), stage));
    return hostItem(side, host, items);
  })}`;
}

function hostItem(side: string, { id, address, status }: HostState, tasks: readonly Html[]): Html {
  const words = status !== "ACTIVE" && status.toLowerCase();
  return html`<li id="${side}-${id}" class="host ${words && "broken"}">
    <b>${id}</b> ${words && html`<b>${words}</b>`} <small>${address}</small>
    <ul class="tasks">
      ${tasks}
    </ul>
  </li>`;
}

function taskItem(task: TaskState, phase: TaskPhase = "starting", stage: Stage): Html {
  const { id, service, taskDefinition, containers, stoppedAt } = task;
  const isLoading = phase === "running" && service === stage.setup.services.redis;
  const [state, words] =
    stoppedAt === undefined
      ? [phase, isLoading ? "loading" : PHASES[phase]]
      : ["stopped", endOf(containers)];
  const revision = taskDefinition.split(":").at(-1);
  return html`<li id="task-${id}" class="task ${state}">
    <b>${service}</b> <span class="state">${words}</span>
    <span>${containerBoxes(task, stage)}</span>
    <small>${short(id)}, revision ${revision}</small>
  </li>`;
}

/** The exit code of a program that ends when ECS asks it to. */
const SIGTERM = 143;

/** How a stopped task ended. */
function endOf(containers: readonly ContainerState[]): string {
  const failed = containers.find(({ exitCode = 0 }) => exitCode > 0 && exitCode !== SIGTERM);
  return failed === undefined ? "stopped" : `died: ${failed.name}, exit ${failed.exitCode}`;
}

/** Redis comes last, after an arrow from the app beside it. */
function containerBoxes({ service, containers: all }: TaskState, stage: Stage): Html {
  const { setup, containers } = stage;
  const isRedis = ({ name }: ContainerState): boolean =>
    service === setup.services.redis && name === containers.redis;
  const [own, others] = [all.filter(isRedis), all.filter((each) => !isRedis(each))];
  const arrow = own.length > 0 && others.some(({ name }) => name === containers.app) && " → ";
  return html`${others.map((each) => containerBox(each))}${arrow}
  ${own.map((each) => containerBox(each, "redis"))}`;
}

function containerBox({ name, status, ports }: ContainerState, kind = ""): Html {
  const port = ports.map(({ hostPort }) => ` :${hostPort}`);
  return html`<span class="container ${kind} ${status.toLowerCase()}">${name}${port}</span>`;
}

/** How the app finds Redis: the SRV records in Cloud Map, with their targets. */
export function records({ id, stage, setup }: Side): Html {
  const { srvName } = setup;
  if (srvName === undefined) {
    const isOld = id === "old";
    return html`No SRV record${isOld && ": the app reaches Redis inside its own task"}.`;
  }
  const time = now();
  const names = nameBars(stage?.events ?? [], time);
  const there = names
    .filter(({ name }) => name === srvName)
    .flatMap(({ instances }) => instances.filter(({ to }) => to === time));
  const targets =
    there.length > 0 ? there.map(target) : html`<b class="target none">no records</b>`;
  return html`app → SRV <b>${srvName}</b> → ${targets}`;
}

/** Its health is shown only if it is bad: Cloud Map does not show that of a new task for about 30 s. */
function target({ instanceId, endpoint, states }: RecordBar): Html {
  const isUnhealthy = states.at(-1)?.state === "unhealthy";
  return html`<b
    id="target-${instanceId}"
    class="target ${isUnhealthy ? "unhealthy" : "container redis"}"
    >${endpoint}${isUnhealthy && " unhealthy"}</b
  >`;
}

/**
 * The requests of the last minute of each setup, with its presses, on the same scales. They move in whole seconds.
 * @param zero the time shown as 0 s
 */
export function strips(sides: readonly Side[], zero: number): Html[] {
  const until = now();
  const to = zero + Math.max(Math.ceil((until - zero) / 1_000) * 1_000, WINDOW);
  const scale = timeScale({ from: to - WINDOW, to, zero, tickCount: TICKS });
  const all = sides.map(({ stage, steps: [, ...presses] }) => {
    const { events = [], requests = [] } = stage ?? {};
    const recent = endedSince(requests, scale.from);
    return {
      stepName: "pressed",
      steps: presses,
      events,
      requests: recent,
      faults: recordedFaults(events),
      until,
    };
  });
  const traffics = all.map(({ requests }) => trafficOf(requests, scale.from, until));
  const height = heightOf(traffics);
  return all.map((data, index) => requestsTimeline(traffics[index] ?? [], scale, height, data));
}
