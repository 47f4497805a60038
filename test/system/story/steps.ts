import { type RequestOutcome, isServed } from "../load.ts";
import { APP_SERVICE, REDIS_SERVICE, synthesizeRelease } from "../local-environment.ts";
import { seconds } from "./report.ts";
import { type Stage, whereIs } from "./stage.ts";

/** One chapter of the story. */
export interface Step {
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** Keys that make the slow load long enough to be seen, and what each then takes. */
const SEEDED_KEYS = 2_000;
const SLOW_KEY_MICROS = 2_500;

export const steps: readonly Step[] = [
  { title: "first deploy", play: firstDeploy },
  { title: "app redeploy", play: appRedeploy },
  { title: "Redis moves", play: redisMoves },
  { title: "Redis loads slowly", play: redisLoadsSlowly },
  { title: "all writes are there", play: allWritesAreThere },
];

/** The environment is up before the first step is played: what is left is to see it serve. */
async function firstDeploy(stage: Stage): Promise<void> {
  const { report } = stage;
  const began = stage.now();
  await stage.untilServedAfter(began);
  const redis = stage.redis();
  try {
    const pipeline = redis.pipeline();
    for (let key = 0; key < SEEDED_KEYS; key++) pipeline.set(`seed:${key}`, key);
    await pipeline.exec();
  } finally {
    redis.disconnect();
  }
  report.measure("Redis at", whereIs(stage.redisTask));
  report.expect("app serves", true, `${stage.appTasks.length} tasks`);
}

/** A release of the app: its task definition alone changes, and Redis does not notice. */
async function appRedeploy(stage: Stage): Promise<void> {
  const { ecs, report } = stage;
  const began = stage.now();
  const redisBefore = stage.redisTask.id;
  const changed = await ecs.apply(synthesizeRelease("1.0.1"));
  await ecs.waitUntilStable({ timeout: 40_000 });
  const outcomes = await settledSince(stage, began);
  const appStarts = stage.startsSince(began, APP_SERVICE);
  const redisStarts = stage.startsSince(began, REDIS_SERVICE);

  report.measure("resources changed", changed.join("\n"));
  report.measure("requests served / failed", countOf(outcomes));
  report.measure("time", seconds(stage.now() - began));
  report.measure("Redis starts caused by the app deploy", redisStarts);
  report.expect("new app tasks started", appStarts > 0, appStarts);
  report.expect("no Redis was started", redisStarts === 0, redisStarts);
  report.expect("the same Redis runs", stage.redisTask.id === redisBefore, stage.redisTask.id);
  report.expect("every request was served", outcomes.every(isServed), countOf(outcomes));
}

/** The host of Redis is drained: Redis stops there and starts elsewhere, on another port. */
async function redisMoves(stage: Stage): Promise<void> {
  const { ecs, report } = stage;
  const before = stage.redisTask;
  const began = stage.now();
  ecs.drainHost(before.host ?? "");
  const healthyAt = await stage.untilRedisHealthy(before.id);
  const after = stage.redisTask;
  const answeredAt = await stage.untilServedAfter(Math.max(after.startedAt ?? began, began));
  await ecs.waitUntilStable({ timeout: 40_000 });
  const outcomes = await settledSince(stage, began);
  const redisStarts = stage.startsSince(began, REDIS_SERVICE);

  report.measure("Redis moved", `${whereIs(before)} → ${whereIs(after)}`);
  report.measure("requests served / failed", countOf(outcomes));
  report.measure("Redis away for the app", seconds(longestGap(outcomes)));
  report.measure(
    "Redis healthy elsewhere → app's first answer",
    answeredAt <= healthyAt
      ? `${seconds(healthyAt - answeredAt)} before its first health check`
      : seconds(answeredAt - healthyAt),
  );
  report.expect("another host", after.address !== before.address, `${after.address}`);
  report.expect("another port", portOf(after) !== portOf(before), portOf(after));
  report.expect("Redis started once", redisStarts === 1, redisStarts);
  report.expect("every request was answered", outcomes.every(isAnswered), countOf(outcomes));
  ecs.activateHost(before.host ?? "");
}

/** Redis is killed while its storage is slow: it answers LOADING for seconds, and is left to load. */
async function redisLoadsSlowly(stage: Stage): Promise<void> {
  const { ecs, report } = stage;
  const before = stage.redisTask;
  const began = stage.now();
  ecs.setSlowStorage({ keyLoadDelayMicros: SLOW_KEY_MICROS });
  ecs.killTask(before.id, "SIGKILL");
  await stage.untilRedisHealthy(before.id, 40_000);
  ecs.setSlowStorage(undefined);
  const startedAt = stage.redisTask.startedAt ?? began;
  const answeredAt = await stage.untilServedAfter(startedAt);
  const outcomes = await settledSince(stage, began);
  const redisStarts = stage.startsSince(began, REDIS_SERVICE);
  const appStarts = stage.startsSince(began, APP_SERVICE);

  report.measure("Redis started → app's first answer", seconds(answeredAt - startedAt));
  report.measure("requests served / failed", countOf(outcomes));
  report.measure("app restarts while Redis was loading", appStarts);
  report.expect("Redis started once: no kill loop", redisStarts === 1, redisStarts);
  report.expect("no app task was restarted", appStarts === 0, appStarts);
  report.expect("every request was answered", outcomes.every(isAnswered), countOf(outcomes));
  report.expect(
    "Redis was seen loading",
    answeredAt - startedAt >= (SEEDED_KEYS * SLOW_KEY_MICROS) / 1_000 / 2,
    seconds(answeredAt - startedAt),
  );
}

/** What was acknowledged is in Redis: moved and reloaded. */
async function allWritesAreThere(stage: Stage): Promise<void> {
  const { load, report } = stage;
  await load.stop();
  const acknowledged = load.acknowledged;
  const redis = stage.redis();
  try {
    const found = await redis.smismember("guests", acknowledged);
    const lost = found.filter((isThere) => isThere === 0).length;
    report.measure("writes acknowledged", acknowledged.length);
    report.measure("acknowledged writes lost", lost);
    report.expect("no acknowledged write was lost", lost === 0, lost);
    report.expect("there were writes", acknowledged.length > 0, acknowledged.length);
  } finally {
    redis.disconnect();
  }
}

/** Outcomes of all requests sent since a time, once those sent until now have ended. */
async function settledSince(stage: Stage, began: number): Promise<RequestOutcome[]> {
  const until = stage.now();
  await stage.until("requests under way end", () => stage.load.isSettledUntil(until));
  return stage.load.between(began, until);
}

function isAnswered({ status }: RequestOutcome): boolean {
  return status !== 0;
}

function countOf(outcomes: readonly RequestOutcome[]): string {
  const served = outcomes.filter(isServed).length;
  return `${served} / ${outcomes.length - served}`;
}

/** The longest time in ms in which nothing was served. */
function longestGap(outcomes: readonly RequestOutcome[]): number {
  const served = outcomes
    .filter(isServed)
    .map(({ endedAt }) => endedAt)
    .toSorted((a, b) => a - b);
  return served.reduce(
    (longest, at, index) => Math.max(longest, at - (served[index - 1] ?? at)),
    0,
  );
}

function portOf({
  containers,
}: {
  containers: readonly { ports: readonly { hostPort: number }[] }[];
}) {
  return containers[0]?.ports[0]?.hostPort ?? 0;
}
