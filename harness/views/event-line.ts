import type { EcsEvent, EcsEventOf } from "../ecs/index.ts";
import { faultWords, short } from "./words.ts";

/** An event in words; undefined for one that is too small to show. */
export function eventLine(event: EcsEvent): string | undefined {
  switch (event.type) {
    case "task":
      return taskLine(event);
    case "container":
      if (event.status === "RUNNING") {
        return `${event.service} ${short(event.taskId)} started (pid ${event.pid})`;
      }
      // It never ran: the line of its task says why.
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
  // A task that ran is deactivated first.
  if (to === "STOPPING" && from !== "DEACTIVATING") return `${task} did not start: ${reason}`;
  return undefined;
}

/** The reason, where it says more than the state. */
function because(event: EcsEventOf<"target"> | EcsEventOf<"deployment">): string {
  const isPlain = event.type === "target" && event.state !== "unhealthy";
  return isPlain || event.reason === undefined ? "" : `: ${event.reason}`;
}

/** A fault and what it hits, in words. */
export function faultName({ fault, target }: EcsEventOf<"fault">): string {
  const words = faultWords({ name: fault });
  return target === undefined ? words : `${words} ${target.length === 32 ? short(target) : target}`;
}
