import type { Verdict } from "./verdict.ts";

/** A live task as input for the scheduler. */
export interface ScheduledTask {
  readonly id: string;
  readonly createdAt: number;
  /** The id of its host. */
  readonly host: string | undefined;
  /** Whether it belongs to the primary deployment. */
  readonly current: boolean;
  /** Whether its host is draining. */
  readonly leaving: boolean;
  /** Whether it is stopping. */
  readonly stopping: boolean;
  /** Whether neither scale-in nor a deployment may stop it. */
  readonly isProtected?: boolean;
  readonly health: Verdict;
}

/** The counts and percentages of a service. */
export interface ServiceScale {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/** A task to stop, and why. */
export interface Stop {
  readonly id: string;
  readonly why: "scaled" | "drained" | "unhealthy";
}

/** The next actions. */
export interface Decision {
  readonly start: number;
  readonly stop: readonly Stop[];
}

/**
 * Decides how many tasks to start and which to stop. At least the minimum percent of the desired count stay
 * healthy, and at most the maximum percent exist. A stopping task counts: with a maximum of 100 the next one
 * starts after it has stopped. So does a protected one, which is not stopped until its protection ends.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
 * @param overlap outdated tasks do not count, as was seen in ECS (containers-roadmap#959)
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
  const spare = live.filter(isGood).length - fewest;
  const scaledIn = superfluous(kept, -missing, spare);
  const stop = [
    ...scaledIn.map(({ id }): Stop => ({ id, why: "scaled" })),
    ...unhealthy(stays, missing, room, kept.filter(isGood).length >= desiredCount),
    ...outdated(
      live.filter((task) => task.leaving || (!task.current && !isKept(task))),
      spare - scaledIn.filter(isGood).length,
    ),
  ];
  return { start: Math.max(0, Math.min(missing, room)), stop };
}

/** Protection is from scale-in and deployments, not from health checks. */
const isKept = ({ isProtected, health }: ScheduledTask): boolean =>
  isProtected === true && health !== "bad";

const isGood = (task: ScheduledTask): boolean => task.health === "good";

/**
 * Scaling in stops tasks that are not healthy first, then one of the host with the most tasks, the newest. Each host is a zone.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
 */
function superfluous(
  kept: readonly ScheduledTask[],
  surplus: number,
  spare: number,
): readonly ScheduledTask[] {
  const placed = new Set(kept);
  const left = kept.filter((task) => task.isProtected !== true);
  const beside = ({ host }: ScheduledTask): number =>
    [...placed].filter((other) => other.host === host).length;
  const stopped: ScheduledTask[] = [];
  while (stopped.length < surplus) {
    left.sort(
      (a, b) =>
        Number(isGood(b)) - Number(isGood(a)) || beside(a) - beside(b) || a.createdAt - b.createdAt,
    );
    const last = left.pop();
    // Those that stay may be protected and not healthy yet.
    if (!last || (isGood(last) && stopped.filter(isGood).length >= spare)) break;
    placed.delete(last);
    stopped.push(last);
  }
  return stopped;
}

/** If the maximum percent leaves room, an unhealthy task is stopped after its replacement has started. */
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
    .map(({ id }) => ({ id, why: "unhealthy" }));
}

/** Of the outdated tasks, those that are not healthy stop at once, others as far as the minimum allows. */
function outdated(going: readonly ScheduledTask[], spare: number): Stop[] {
  const serving = going.filter(isGood).toSorted((a, b) => a.createdAt - b.createdAt);
  const others = going.filter((task) => !isGood(task));
  return [...others, ...serving.slice(0, Math.max(0, spare))].map(({ id, leaving }) => ({
    id,
    why: leaving ? "drained" : "scaled",
  }));
}
