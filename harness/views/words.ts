import { FAULTS, type EcsEvent } from "../ecs/index.ts";
import type { RecordedFault, RecordedImpact } from "../plays/stage/recording.ts";
import type { Wait } from "../plays/stage/waits.ts";

/** The first six characters of a task's id, which distinguish tasks. */
export const short = (id: string): string => id.slice(0, 6);

/** Formats a wait in milliseconds, with "at least" for a wait without an end. */
export function duration(time: number | Wait | undefined): string {
  if (time === undefined) return "–";
  if (typeof time === "object") {
    return `${time.isAtLeast ? "at least " : ""}${duration(time.milliseconds)}`;
  }
  const milliseconds = time;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}

/** Formats milliseconds for a sentence: `7.7 s`, `25 s`. */
function roughly(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** `1 start`, `2 starts`. */
export const count = (number: number, noun: string): string =>
  `${number} ${noun}${number === 1 ? "" : "s"}`;

/** What a step cost: `57 of 60 requests failed, away for 5.7 s, 2 Redis starts`. */
export function costWords({ sent, failed, away, redisStarts }: RecordedImpact): string {
  const starts = redisStarts === undefined ? [] : [count(redisStarts, "Redis start")];
  const time = failed > 0 ? [`away for ${roughly(away)}`] : [];
  return [`${failed} of ${sent} requests failed`, ...time, ...starts].join(", ");
}

export const capitalized = (text: string): string =>
  text.replace(/^./, (first) => first.toUpperCase());

/** A fault in words. */
export function faultWords({ name }: Pick<RecordedFault, "name">): string {
  return new Map(Object.entries(FAULTS)).get(name)?.title ?? name;
}

/** The target of a fault: a task by its service and id. */
export function faultTarget(
  { target = "" }: Pick<RecordedFault, "target">,
  events: readonly EcsEvent[],
): string {
  const [id = "", ...container] = target.split("/");
  const task = events.find((event) => "taskId" in event && event.taskId === id);
  return task && "service" in task ? [task.service, short(id), ...container].join(" ") : target;
}
