import type { Verdict } from "./verdict.ts";

/** A live task as the scheduler sees it. */
export interface ScheduledTask {
  readonly id: string;
  readonly createdAt: number;
  /** Belongs to the primary deployment. */
  readonly current: boolean;
  /** Its host is being drained. */
  readonly leaving: boolean;
  /** Is stopping. */
  readonly stopping: boolean;
  readonly health: Verdict;
}

/** A service's numbers. */
export interface ServiceScale {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/** A task to stop, and why; `failed` when it failed by itself. */
export interface Stop {
  readonly id: string;
  readonly reason: string;
  readonly failed: boolean;
}

/** What to do next. */
export interface Decision {
  readonly start: number;
  readonly stop: readonly Stop[];
}

const OUTDATED = "Task stopped by scaling activity: its deployment was replaced";
const DRAINED = "Service scheduler: container instance is DRAINING";
const UNHEALTHY = "Task failed health checks";
const SURPLUS = "Scaling activity initiated by deployment";

/**
 * Decides how many tasks to start and which to stop. It never stops so many that fewer than the minimum
 * percent of the desired count are healthy, and never lets more than the maximum percent exist. A task
 * that is still stopping counts: with a maximum of 100 the next one starts after it has stopped.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 * @param overlap tasks that must go do not count, as was seen in ECS (containers-roadmap#959)
 */
export function schedule(
  scale: ServiceScale,
  tasks: readonly ScheduledTask[],
  overlap = false,
): Decision {
  const { desiredCount } = scale;
  const fewest = Math.ceil((desiredCount * scale.minimumHealthyPercent) / 100);
  const most = Math.floor((desiredCount * scale.maximumPercent) / 100);
  const live = tasks.filter((task) => !task.stopping);
  const stays = live.filter((task) => task.current && !task.leaving);
  const kept = stays.filter((task) => task.health !== "bad");
  const missing = desiredCount - kept.length;
  const room = most - (overlap ? kept : tasks).length;
  const good = live.filter((task) => task.health === "good").length;
  const stop = [
    ...superfluous(kept, -missing),
    ...unhealthy(stays, missing, room, kept.filter(isGood).length >= desiredCount),
    ...outdated(
      live.filter((task) => !task.current || task.leaving),
      good - fewest,
    ),
  ];
  return { start: Math.max(0, Math.min(missing, room)), stop };
}

const isGood = (task: ScheduledTask): boolean => task.health === "good";

/** Scaling in stops tasks that do not serve yet first, then the newest. */
function superfluous(kept: readonly ScheduledTask[], surplus: number): Stop[] {
  return kept
    .toSorted((a, b) => Number(isGood(a)) - Number(isGood(b)) || b.createdAt - a.createdAt)
    .slice(0, Math.max(0, surplus))
    .map(({ id }) => ({ id, reason: SURPLUS, failed: false }));
}

/** Where the maximum percent leaves room, an unhealthy task is stopped after it has been replaced. */
function unhealthy(
  stays: readonly ScheduledTask[],
  missing: number,
  room: number,
  replaced: boolean,
): Stop[] {
  const bad = stays
    .filter((task) => task.health === "bad")
    .toSorted((a, b) => a.createdAt - b.createdAt);
  return bad
    .slice(0, replaced ? bad.length : Math.max(0, missing - Math.max(0, room)))
    .map(({ id }) => ({ id, reason: UNHEALTHY, failed: true }));
}

/** Of tasks that must go, those that do not serve stop at once, others as far as the minimum allows. */
function outdated(going: readonly ScheduledTask[], spare: number): Stop[] {
  const serving = going.filter(isGood).toSorted((a, b) => a.createdAt - b.createdAt);
  const others = going.filter((task) => !isGood(task));
  return [...others, ...serving.slice(0, Math.max(0, spare))].map(({ id, leaving }) => ({
    id,
    reason: leaving ? DRAINED : OUTDATED,
    failed: false,
  }));
}
