import type { EcsEvent, EcsEventOf } from "../../harness/events.ts";

/** What an event says to a person; undefined where it is too small to tell. */
export function eventLine(event: EcsEvent): string | undefined {
  switch (event.type) {
    case "task":
      if (event.to === "STOPPED") return `${event.service} ${short(event.taskId)} stopped`;
      if (event.to !== "DEACTIVATING") return undefined;
      return `${event.service} ${short(event.taskId)} stops: ${event.reason ?? "scaled in"}`;
    case "container":
      if (event.status === "RUNNING") {
        return `${event.service} ${short(event.taskId)} started (pid ${event.pid})`;
      }
      return `${event.service} ${short(event.taskId)} exited with ${event.exitCode}`;
    case "health":
      return `${event.service} ${short(event.taskId)} is ${event.health}`;
    case "target":
      return `${event.service} ${short(event.taskId)} is ${event.state} in its target group`;
    case "record":
      return `${event.name} ${event.action} ${event.address}:${event.port}`;
    case "deployment":
      return `${event.service} deployment ${event.status.toLowerCase().replace("_", " ")}`;
    case "host":
      return `host ${event.host} is ${event.status}`;
    case "fault":
      return `fault: ${faultName(event)} ${event.active ? "begins" : "is over"}`;
    case "service":
      return `${event.service}: ${event.message}`;
  }
}

function short(taskId: string): string {
  return taskId.slice(0, 6);
}

/** What is broken, and where. */
export function faultName({ fault, target }: EcsEventOf<"fault">): string {
  return target === undefined ? fault : `${fault} ${target.length === 32 ? short(target) : target}`;
}
