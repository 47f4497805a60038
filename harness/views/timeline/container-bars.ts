import { group } from "d3-array";
import type { EcsEvent, EcsEventOf } from "../../ecs/index.ts";

/** One life of a container's process: a container that is restarted has several. */
export interface ContainerBar {
  readonly service: string;
  readonly container: string;
  readonly taskId: string;
  /** Undefined for a task that was never placed. */
  readonly host: string | undefined;
  /** Counts the starts of the service's containers of this name, from 1. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
  /** Undefined while it runs, and where no exit was seen. */
  readonly exitCode: number | undefined;
}

/**
 * The processes of services whose tasks say too little about them: there are several containers in a task, or
 * one was restarted in place. Running processes are drawn until `end`, and those of a lost host until ECS stops their
 * task: nobody saw them end.
 */
export function containerBars(events: readonly EcsEvent[], end: number): ContainerBar[] {
  const told = events.filter((event) => event.type === "container");
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
  const services = group(told, ({ service }) => service);
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
  told: readonly EcsEventOf<"container">[],
): EcsEventOf<"container"> | undefined {
  return told
    .slice(told.indexOf(begun) + 1)
    .find(({ taskId, status }) => taskId === begun.taskId && status === "STOPPED");
}
