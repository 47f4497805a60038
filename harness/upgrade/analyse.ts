import { type PlannedChanges, readPlannedChanges, readSavedPlan } from "../ecs/index.ts";
import { noticesOf } from "./effects.ts";
import { isManaged } from "./managed.ts";
import { effectOf, type Effect, type Notice } from "./notice.ts";
import { redisTasksOf } from "./redis-tasks.ts";

/** What a plan does, as far as the plan says. */
export interface UpgradeSummary extends PlannedChanges {
  /** The name of the environment or the plan. */
  readonly name: string;
  readonly notices: readonly Notice[];
  /** The services that run Redis before and after the changes. */
  readonly redis: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** Whether a Redis on ElastiCache changes. */
  readonly isManaged: boolean;
}

/**
 * Reads what a plan does to a running environment.
 * @param source the output of `terraform show -json` for a plan: a file, or its content
 * @param options those of {@link readSavedPlan}
 * @throws HarnessError
 */
export async function analyse(
  source: string | object,
  name: string,
  options: Parameters<typeof readSavedPlan>[1] = {},
): Promise<UpgradeSummary> {
  const planned = await readPlannedChanges(source);
  const { first, next } = await readSavedPlan(source, options);
  // A plan that changes no running service has only its result.
  const created = new Set(
    planned.changes.filter(({ before }) => !before).map(({ address }) => address),
  );
  const present = [...first.blocks].filter(([address]) => !created.has(address));
  const [before, after] = [{ ...first, blocks: new Map(present) }, next ?? first];
  const [was, is] = [before, after].map((each) => redisTasksOf(each).map((task) => task.name));
  return {
    ...planned,
    name,
    notices: noticesOf({ ...planned, before, after }),
    redis: { before: was ?? [], after: is ?? [] },
    isManaged: planned.changes.some((change) => change.before && isManaged(change)),
  };
}

/** The effects, in a sentence about Redis. */
const REDIS: Readonly<Record<Effect, string>> = {
  "loses data": "Redis loses its data",
  "leaves data": "Redis leaves its data behind, in AWS",
  "does not start": "Redis does not start again",
  restarts: "Redis restarts, with its data",
  "may restart": "Redis may restart",
  "cut off": "Redis may be cut off for a time",
  none: "Redis keeps running, with its data",
};

/** What happens to Redis, in one sentence without a full stop. */
export function redisSentence({
  notices,
  redis: { before, after },
  isManaged: has,
}: UpgradeSummary): string {
  if (before.length > 0 || has) return REDIS[effectOf(notices)];
  if (after.length === 0) return "No Redis on ECS, before or after";
  return `No Redis runs yet: ${after.join(", ")} starts for the first time`;
}
