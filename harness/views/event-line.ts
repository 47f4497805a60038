import { constants } from "node:os";
import type { EcsEvent, EcsEventOf } from "../ecs/index.ts";
import { faultText, type NameOfTarget } from "./fault-text.ts";
import { visible } from "../../command-line/visible.ts";
import { short } from "./words.ts";

/**
 * An event in words. Undefined for an event that is not shown.
 * @param nameOf names the target of a fault
 */
export function eventLine(event: EcsEvent, nameOf?: NameOfTarget): string | undefined {
  switch (event.type) {
    case "task":
      return taskLine(event);
    case "container":
      if (event.status === "RUNNING") {
        return `${containerOf(event)} started${pidOf(event)}`;
      }
      if (event.reason?.startsWith("CannotStart")) {
        // The line of its task has the reason.
        return event.isOnly ? undefined : `${containerOf(event)} did not start${because(event)}`;
      }
      // Its task was stopped before it ran.
      if (event.exitCode === undefined) return undefined;
      return `${containerOf(event)} exited with ${event.exitCode}${signalOf(event.exitCode)}${because(event)}`;
    case "health":
      return `${containerOf(event)} is ${event.health}${failureOf(event)}`;
    case "target":
      return `${event.service} ${short(event.taskId)} ${TARGET_STATES[event.state]}${because(event)}`;
    case "record":
      return recordLine(event);
    case "deployment":
      return `${event.service} deployment ${event.status.toLowerCase().replace("_", " ")}${because(event)}`;
    case "host":
      return `host ${event.host} is ${event.status}`;
    case "fault":
      return `fault ${event.active ? "begins" : "ends"}: ${faultText(event, nameOf)}`;
    case "call":
      return `${event.service} ${short(event.taskId)} called ${event.message}`;
    case "service":
      return `${event.service}: ${event.message}`;
  }
}

/** Characters of a failed check's output in a line. */
const MOST_OUTPUT = 200;

function failureOf({ failure, health }: EcsEventOf<"health">): string {
  const why =
    failure === undefined ? "" : `: its check gave ${visible(failure).slice(0, MOST_OUTPUT)}`;
  return health === "UNHEALTHY" ? `${why} (ECS knows within 0.3 s here, 20 s in AWS)` : why;
}

const TARGET_STATES: Readonly<Record<EcsEventOf<"target">["state"], string>> = {
  initial: "is registered in its target group",
  healthy: "is healthy in its target group",
  unhealthy: "is unhealthy in its target group",
  draining: "is draining in its target group",
  unused: "has left its target group",
};

/** The task, and the container's name if the task has several. */
function containerOf(event: EcsEventOf<"container"> | EcsEventOf<"health">): string {
  const { service, taskId, container, isOnly } = event;
  return [service, short(taskId), ...(isOnly ? [] : [container])].join(" ");
}

/** A process may have ended before the event and then has no pid. */
function pidOf({ pid }: EcsEventOf<"container">): string {
  return pid === undefined ? "" : ` (pid ${pid})`;
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Docker reports a signal as 128 plus its number. */
function signalOf(exitCode: number): string {
  const name = SIGNALS.get(exitCode - 128);
  return name === undefined ? "" : ` (${name})`;
}

function taskLine({ service, taskId, from, to, reason }: EcsEventOf<"task">): string | undefined {
  const task = `${service} ${short(taskId)}`;
  if (to === "STOPPED") return `${task} stopped`;
  // A running task is deactivated first.
  const ends = to === "DEACTIVATING" || (to === "STOPPING" && from !== "DEACTIVATING");
  return ends ? `${task} stops: ${reason}` : undefined;
}

function recordLine(event: EcsEventOf<"record">): string {
  const { name, action, healthy } = event;
  const instance = `${event.address}:${event.port}`;
  if (action !== "health") return `${name} ${action} ${instance}`;
  return `${name} shows ${instance} as ${healthy ? "healthy" : "unhealthy"}`;
}

/** The reason, if it says more than the state. */
function because(event: EcsEventOf<"target" | "deployment" | "container">): string {
  const isPlain = event.type === "target" && !["unhealthy", "draining"].includes(event.state);
  return isPlain || event.reason === undefined ? "" : `: ${event.reason}`;
}
