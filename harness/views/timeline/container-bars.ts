import { group } from "d3-array";
import type { EcsEvent, EcsEventOf } from "../../ecs/index.ts";

/** A process of a container. A restarted container has several. */
export interface ContainerBar {
  readonly service: string;
  readonly container: string;
  readonly taskId: string;
  /** Undefined for a task that was not placed. */
  readonly host: string | undefined;
  /** The number of the start among the service's containers with this name, from 1. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
  /** Undefined while it runs or if no exit was observed. */
  readonly exitCode: number | undefined;
}

/**
 * The processes of services with several containers per task or restarts in place, which task bars do not show.
 * Running processes are drawn until `end`, and those of a lost host until ECS stops their task, because their end
 * was not observed.
 */
export function containerBars(events: readonly EcsEvent[], end: number): ContainerBar[] {
  const containerEvents = events.filter((event) => event.type === "container");
  const hosts = new Map(
    events.flatMap((event) =>
      event.type === "task" && event.host !== undefined
        ? [[event.taskId, event.host] as const]
        : [],
    ),
  );
  const gone = new Map(
    events.flatMap((event) =>
      event.type === "task" && event.to === "STOPPED" ? [[event.taskId, event.at] as const] : [],
    ),
  );
  const services = group(containerEvents, ({ service }) => service);
  return [...services.values()].filter(saysMore).flatMap((own) =>
    [...group(own, ({ container }) => container).values()].flatMap((same) => {
      const starts = same.filter(({ status }) => status === "RUNNING");
      return starts.map((begun, index): ContainerBar => {
        const { service, container, taskId, at: from } = begun;
        const ended = endOf(begun, same);
        const { at: to = gone.get(taskId) ?? end, exitCode } = ended ?? {};
        const host = hosts.get(taskId);
        return { service, container, taskId, host, start: index + 1, from, to, exitCode };
      });
    }),
  );
}

/** Whether a task of the service started more than one process. */
function saysMore(events: readonly EcsEventOf<"container">[]): boolean {
  const starts = events.filter(({ status }) => status === "RUNNING");
  return [...group(starts, ({ taskId }) => taskId).values()].some((own) => own.length > 1);
}

function endOf(
  begun: EcsEventOf<"container">,
  containerEvents: readonly EcsEventOf<"container">[],
): EcsEventOf<"container"> | undefined {
  return containerEvents
    .slice(containerEvents.indexOf(begun) + 1)
    .find(({ taskId, status }) => taskId === begun.taskId && status === "STOPPED");
}
