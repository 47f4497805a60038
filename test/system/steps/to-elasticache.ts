import { join } from "node:path";
import type { Redis } from "ioredis";
import type { Arrangement } from "../arrangements/arrangement.ts";
import { pipeCommands } from "../migration/copy.ts";
import { OLD_FOLDER } from "../migration/environment.ts";
import { ManagedRedis } from "../migration/managed-redis.ts";
import { accountWith } from "../migration/next.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/report.ts";
import type { Stage } from "../stage/stage.ts";
import { firstDeploy } from "./first-deploy.ts";
import { countOf, timeAway } from "./measures.ts";
import { firstGuest, guestsIn, inFolder, lookAtRedis, untilNobodyRuns } from "./migration-looks.ts";
import type { Step } from "./step.ts";

// The steps of docs/to-elasticache.md, in its order and with its titles.

const OLD_APP = "live-app";
const OLD_REDIS = "live-redis";

/** The environment with a service of its own for Redis, and something of every type in it. */
export const everyType: Step = {
  title: firstDeploy.title,
  play: async (stage) => {
    await firstDeploy.play(stage);
    await lookAtRedis(stage, async (redis) => {
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

export const deployManaged: Step = {
  title: "Deploy beside it",
  play: async (stage) => {
    const { ecs, report } = stage;
    const began = stage.now();
    const applied = ecs.apply(accountWith({ next: true }));
    await startManaged(stage);
    await applied;
    await ecs.waitUntilStable();
    report.measure("time", seconds(stage.now() - began));
    const status = await firstGuest(stage, successorOf(stage).services.app);
    report.expect("the app serves with ElastiCache, its code untouched", status === 201, status);
    const outcomes = await stage.settledSince(began);
    report.expect("users notice nothing", outcomes.every(isServed), countOf(outcomes));
    await lookAtRedis(stage, (redis) => redis.flushall(), successorOf(stage));
  },
};

export const stopApp: Step = {
  title: "Stop the app",
  play: async (stage) => {
    await stage.ecs.apply(accountWith({ next: true, isServed: false }));
    await untilNobodyRuns(stage, OLD_APP);
    const before = await written(stage);
    await stage.until("nobody writes", async () => (await written(stage)) === before);
    stage.report.expect("nobody writes to the old Redis", true, `${before} writes`);
  },
};

export const copyData: Step = {
  title: "Copy the data",
  play: async (stage) => {
    const { report, ecs } = stage;
    const next = successorOf(stage);
    const began = stage.now();
    await rewriteAsCommands(stage);
    const folder = stage.writers.look().find(inFolder(OLD_FOLDER)) ?? "";
    const said = await pipeCommands(
      join(folder, "appendonlydir"),
      next.managed ?? raise("there is no managed Redis"),
      ecs.secret(next.password),
    );
    report.measure("time", seconds(stage.now() - began));
    report.measure("redis-cli says", said);
    report.expect("no command was refused", said.startsWith("errors: 0,"), said);
    const [here, there] = [
      await lookAtRedis(stage, contents),
      await lookAtRedis(stage, contents, next),
    ];
    report.expect("both hold the same", here === there, `${there.length} characters`);
    const { missing, strangers } = await guestsIn(stage, next);
    report.expect("every acknowledged write is there", missing.length === 0, missing.length);
    report.expect("nothing of the trial is", strangers.length === 0, strangers.join(", "));
  },
};

export const moveUsersOn: Step = {
  title: "Move the users",
  play: async (stage) => {
    const { report } = stage;
    const stopped = report.steps.find(({ title }) => title === stopApp.title)?.at ?? 0;
    stage.moveTo(successorOf(stage));
    const moved = stage.now();
    await stage.untilServedAfter(moved);
    const outcomes = await stage.settledSince(stopped);
    report.measure("app away for its users", seconds(timeAway(outcomes)));
    const served = outcomes.filter(({ sentAt }) => sentAt >= moved);
    report.expect("from now on all are served", served.every(isServed), countOf(served));
  },
};

export const removeService: Step = {
  title: "Remove the old environment",
  play: async (stage) => {
    const { ecs, report } = stage;
    const began = stage.now();
    await ecs.apply(accountWith({ live: false, next: true }));
    for (const service of [OLD_APP, OLD_REDIS]) await untilNobodyRuns(stage, service);
    await stage.untilServedAfter(stage.now());
    const outcomes = await stage.settledSince(began);
    report.expect("every request was served", outcomes.every(isServed), countOf(outcomes));
    const left = ecs.services.map(({ name }) => name).join(", ");
    report.expect("no Redis is a service of ECS", left === "next-app", left);
  },
};

function successorOf({ arrangement }: Stage): Arrangement {
  return arrangement.successor ?? raise("there is nothing to move to");
}

/** Once its password is known; AWS makes the group before the app's tasks, here they wait for it. */
async function startManaged(stage: Stage): Promise<void> {
  const { managed = raise("there is no managed Redis"), password } = successorOf(stage);
  const secret = await stage.until("there is a password", () => {
    try {
      return stage.ecs.secret(password);
    } catch {
      return undefined;
    }
  });
  stage.use(await ManagedRedis.start(managed, secret));
}

/** The whole append-only file anew, without an RDB file at its beginning. */
function rewriteAsCommands(stage: Stage): Promise<void> {
  return lookAtRedis(stage, async (redis) => {
    await redis.config("SET", "aof-use-rdb-preamble", "no");
    await redis.bgrewriteaof();
    await stage.until("the file is rewritten", async () => {
      const state = await redis.info("persistence");
      return /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/.test(state);
    });
  });
}

/** How often the data have been changed since the server began. */
async function written(stage: Stage): Promise<string | undefined> {
  return lookAtRedis(stage, async (redis) => {
    const state = await redis.info("persistence");
    return /rdb_changes_since_last_save:(\d+)/.exec(state)?.[1];
  });
}

/** Everything but the seeded keys, which are counted, in an order of its own. */
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
