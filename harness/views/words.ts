import { FAULTS, type EcsEvent } from "../ecs/index.ts";
import type { RecordedFault } from "../plays/stage/recording.ts";

/** The first six characters of a task's id: enough to tell tasks apart. */
export const short = (id: string): string => id.slice(0, 6);

/** Milliseconds, for people. */
export function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return "–";
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}

/** A fault by its title. */
export function faultWords({ name }: Pick<RecordedFault, "name">): string {
  return new Map(Object.entries(FAULTS)).get(name)?.title ?? name;
}

/** What a fault hits: a task by its service and id. */
export function faultTarget(
  { target = "" }: Pick<RecordedFault, "target">,
  events: readonly EcsEvent[],
): string {
  const task = events.find((event) => "taskId" in event && event.taskId === target);
  return task && "service" in task ? `${task.service} ${short(target)}` : target;
}
