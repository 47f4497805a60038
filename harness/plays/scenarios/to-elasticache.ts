import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Setup } from "../setups/setup.ts";
import {
  changedOver,
  devStack,
  elastiCache,
  onTheWay,
  withElastiCache,
} from "../migration/change-over.ts";
import { pipeCommands } from "../migration/copy.ts";
import { ManagedRedis } from "../migration/managed-redis.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { FIGURES, servedOf, timeAway } from "../stage/measures.ts";
import { guestsIn, inFolder, untilServiceStopped } from "../steps/migration-checks.ts";
import { rewriteFile } from "../steps/rewrite-file.ts";
import type { Step } from "../steps/step.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

// The steps of docs/migration.md, in its order and with its titles.

/** The folder of Redis' data on the file system. */
const FOLDER = "/redis";

/** Milliseconds without a write. Users sign twenty times as often. */
const QUIET = 1_000;

/** The environment with Redis as a separate service and a value of every type. */
const everyType: Step = {
  title: firstDeploy.title,
  play: async (stage) => {
    await firstDeploy.play(stage);
    await stage.readRedis(async (redis) => {
      await redis.hset("a-hash", { field: "value" });
      await redis.rpush("a-list", "one", "two");
      await redis.zadd("a-sorted-set", 1.5, "member");
      await redis.xadd("a-stream", "1-1", "field", "value");
      await redis.xgroup("CREATE", "a-stream", "readers", "0");
      await redis.setbit("a-bitmap", 7, 1);
      await redis.set("an-expiry", "soon", "EX", 3_600);
      await redis.select(3);
      await redis.set("in another database", "value");
    });
  },
};

const makeOther: Step = {
  title: "Make the other one",
  play: async (stage) => {
    const { ecs, results } = stage;
    const next = successorOf(stage);
    const { managed = raise("there is no managed Redis") } = next;
    const redis = stage.redisTask.id;
    const began = stage.now();
    stage.use(await ManagedRedis.start(managed, stage.credentialsOf(next).password ?? ""));
    await ecs.apply(devStack(withElastiCache));
    await ecs.waitUntilStable();
    results.measure("time", seconds(stage.now() - began));
    const outcomes = await stage.settledSince(began);
    results.expect("users notice nothing", outcomes.every(isServed), servedOf(outcomes));
    results.expect("the old Redis is unchanged", stage.redisTask.id === redis, stage.redisTask.id);
    const keys = await stage.readRedis((other) => other.dbsize(), next);
    results.expect("the new one answers and is empty", keys === 0, keys);
  },
};

export const stopApp: Step = {
  title: "Stop the app",
  play: async (stage) => {
    await stage.ecs.apply(devStack(withElastiCache, false));
    await untilServiceStopped(stage, stage.setup.services.app);
    const before = await written(stage);
    await setTimeout(QUIET, undefined, { signal: stage.signal });
    const after = await written(stage);
    const seen = after === before ? `${before} writes` : `${before} writes, then ${after}`;
    stage.results.expect("the old Redis gets no writes", after === before, seen);
  },
};

const copyData: Step = {
  title: "Copy the data",
  play: async (stage) => {
    const { results } = stage;
    const next = successorOf(stage);
    const began = stage.now();
    await rewriteAsCommands(stage);
    const folder = stage.writers.sample().find(inFolder(FOLDER)) ?? "";
    const said = await pipeCommands(
      join(folder, "appendonlydir"),
      next.managed ?? raise("there is no managed Redis"),
      stage.credentialsOf(next).password ?? "",
    );
    results.measure("time", seconds(stage.now() - began));
    results.measure("redis-cli says", said);
    results.expect("no command was refused", said.startsWith("errors: 0,"), said);
    const [here, there] = [await stage.readRedis(contents), await stage.readRedis(contents, next)];
    results.expect("both have the same data", here === there, `${there.length} characters`);
    const { missing } = await guestsIn(stage, next);
    results.expect("every acknowledged write is kept", missing.length === 0, missing.length);
  },
};

const changeOver: Step = {
  title: "Change over",
  play: async (stage) => {
    const { ecs, results } = stage;
    const changes = await ecs.apply(devStack(changedOver));
    stage.moveTo(successorOf(stage));
    await ecs.waitUntilStable();
    const over = stage.now();
    await stage.untilServedAfter(over);
    const stopped = results.steps.find(({ title }) => title === stopApp.title)?.at ?? over;
    const outcomes = await stage.settledSince(stopped);
    results.measure("resources changed", changes.join("\n"));
    results.measure(FIGURES.away, seconds(timeAway(outcomes)));
    const served = outcomes.filter(({ sentAt }) => sentAt >= over);
    results.expect("all later requests are served", served.every(isServed), servedOf(served));
    const both = stage.tasksOf(stage.setup.services.redis).length;
    results.expect("the old Redis still runs", both === 1, both);
  },
};

const endIt: Step = {
  title: "End it",
  play: async (stage) => {
    const { ecs, results, setup } = stage;
    const began = stage.now();
    await ecs.apply(devStack(elastiCache));
    await ecs.waitUntilStable();
    await stage.untilServedAfter(stage.now());
    const outcomes = await stage.settledSince(began);
    results.expect("every request was served", outcomes.every(isServed), servedOf(outcomes));
    const left = ecs.services.map(({ name }) => name).join(", ");
    results.expect("no Redis runs on ECS", left === setup.services.app, left);
  },
};

function successorOf({ setup }: Stage): Setup {
  return setup.successor ?? raise("the setup has no successor");
}

/** Rewrites the append-only file without an RDB preamble. */
function rewriteAsCommands(stage: Stage): Promise<void> {
  return stage.readRedis(async (redis) => {
    await redis.config("SET", "aof-use-rdb-preamble", "no");
    await rewriteFile(stage, redis);
  });
}

/** The number of changes since the server started. */
async function written(stage: Stage): Promise<string | undefined> {
  return stage.readRedis(async (redis) => {
    const state = await redis.info("persistence");
    return /rdb_changes_since_last_save:(\d+)/.exec(state)?.[1];
  });
}

/** All data in a fixed order. Of the seeded keys, only the number. */
async function contents(redis: Redis): Promise<string> {
  const held = [
    await redis.dbsize(),
    (await redis.smembers("guests")).toSorted(),
    await redis.hgetall("a-hash"),
    await redis.lrange("a-list", 0, -1),
    await redis.zrange("a-sorted-set", "0", "-1", "WITHSCORES"),
    await redis.xrange("a-stream", "-", "+"),
    await redis.xinfo("GROUPS", "a-stream"),
    await redis.getbit("a-bitmap", 7),
    await redis.call("EXPIRETIME", "an-expiry"),
    await redis.get("seed:19999"),
    await redis.select(3),
    await redis.get("in another database"),
  ];
  return JSON.stringify(held);
}

function raise(message: string): never {
  throw new Error(message);
}

/** The steps of docs/migration.md, in its order. */
export const guide = [makeOther, stopApp, copyData, changeOver, endIt];

export const toElastiCacheScenario: Script = {
  title: "On to ElastiCache",
  steps: [everyType, ...guide, checkWrites],
  setup: onTheWay,
};
