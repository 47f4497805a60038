import type { EcsEvent, EcsEventOf } from "../ecs/events.ts";
import { faultWords, short } from "./words.ts";

/** What an event says to a person; undefined where it is too small to tell. */
export function eventLine(event: EcsEvent): string | undefined {
  switch (event.type) {
    case "task":
      return taskLine(event);
    case "container":
      if (event.status === "RUNNING") {
        return `${event.service} ${short(event.taskId)} started (pid ${event.pid})`;
      }
      // It never ran: its task has told why.
      if (event.exitCode === undefined) return undefined;
      return `${event.service} ${short(event.taskId)} exited with ${event.exitCode}`;
    case "health":
      return `${event.service} ${short(event.taskId)} is ${event.health}`;
    case "target":
      return `${event.service} ${short(event.taskId)} is ${event.state} in its target group${because(event)}`;
    case "record":
      return `${event.name} ${event.action} ${event.address}:${event.port}`;
    case "deployment":
      return `${event.service} deployment ${event.status.toLowerCase().replace("_", " ")}${because(event)}`;
    case "host":
      return `host ${event.host} is ${event.status}`;
    case "fault":
      return `fault: ${faultName(event)} ${event.active ? "begins" : "is over"}`;
    case "service":
      return `${event.service}: ${event.message}`;
  }
}

function taskLine({ service, taskId, from, to, reason }: EcsEventOf<"task">): string | undefined {
  const task = `${service} ${short(taskId)}`;
  if (to === "STOPPED") return `${task} stopped`;
  if (to === "DEACTIVATING") return `${task} stops: ${reason ?? "scaled in"}`;
  // What has run is deactivated first.
  if (to === "STOPPING" && from !== "DEACTIVATING") return `${task} did not start: ${reason}`;
  return undefined;
}

/** A reason that says more than the state does. */
function because(event: EcsEventOf<"target"> | EcsEventOf<"deployment">): string {
  const isPlain = event.type === "target" && event.state !== "unhealthy";
  return isPlain || event.reason === undefined ? "" : `: ${event.reason}`;
}

/** What is broken, and where. */
export function faultName({ fault, target }: EcsEventOf<"fault">): string {
  const words = faultWords({ name: fault });
  return target === undefined ? words : `${words} ${target.length === 32 ? short(target) : target}`;
}
