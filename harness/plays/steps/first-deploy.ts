import { seconds } from "../stage/results.ts";
import type { Step } from "./step.ts";

/**
 * Keys that make a slow load visible. There are many, so that clients get answers: while Redis reads its append-only
 * file, it checks its sockets every 1024 commands.
 */
export const SEEDED_KEYS = 20_000;

/** Starts the environment, writes data and waits until the app serves. */
export const firstDeploy: Step = {
  title: "first deploy",
  play: async (stage) => {
    const { ecs, results } = stage;
    const began = stage.now();
    await ecs.apply();
    await ecs.waitUntilStable();
    results.measure("time", seconds(stage.now() - began));
    await stage.readRedis(async (redis) => {
      const pipeline = redis.pipeline();
      for (let key = 0; key < SEEDED_KEYS; key++) pipeline.set(`seed:${key}`, key);
      await pipeline.exec();
    });
    const opened = stage.now();
    stage.open();
    await stage.untilServedAfter(opened);
    results.measure("Redis at", stage.whereIs(stage.redisTask));
    const tasks = stage.appTasks.length;
    results.expect("app serves", true, tasks === 1 ? "1 task" : `${tasks} tasks`);
  },
};
