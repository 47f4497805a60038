import { setTimeout } from "node:timers/promises";
import { redisRelease } from "../arrangements/without-lock.ts";
import { seconds } from "../stage/report.ts";
import { countOf, isAnswered } from "./measures.ts";
import type { Step } from "./step.ts";

/** Milliseconds in which a Redis that waits for nothing has long begun to serve. */
const LONG_ENOUGH = 3_000;

/**
 * Redis hangs until ECS starts another one, and goes on while that one is there: ECS' own overlap
 * (https://github.com/aws/containers-roadmap/issues/959).
 */
export const overlap: Step = {
  title: "ECS starts a second Redis",
  play: async (stage) => {
    const { ecs, report } = stage;
    const first = stage.redisTask;
    const began = stage.now();
    ecs.faults.overlap(true);
    ecs.faults.freeze(first.id);
    const second = await stage.until("a second Redis is started", () =>
      stage.redisTasks.find(({ id }) => id !== first.id),
    );
    const overlapped = stage.now();
    await setTimeout(LONG_ENOUGH, undefined, { signal: stage.signal });
    const both = stage.redisTasks.length;
    const words = await ecs.log(second.id, "redis");
    ecs.faults.thaw(first.id);
    await stage.untilServedAfter(stage.now());
    await ecs.waitUntilStable();
    ecs.faults.overlap(false);
    const outcomes = await stage.settledSince(began);
    report.measure("a second Redis after", seconds(overlapped - began));
    report.measure("requests served / failed", countOf(outcomes));
    report.expect("two tasks of Redis ran at once", both === 2, both);
    report.expect(
      "the second one did not open the data",
      !words.includes("Ready to accept connections"),
      words === "" ? "it waits and says nothing" : words.slice(-80),
    );
    report.expect("one Redis is left", stage.redisTasks.length === 1, stage.redisTasks.length);
    report.expect("every request was answered", outcomes.every(isAnswered), countOf(outcomes));
  },
};

/** A deploy of Redis with ECS' default percentages and no lock: both serve until the new one is healthy. */
export const twoWriters: Step = {
  title: "Redis is deployed",
  play: async (stage) => {
    const { ecs, arrangement, report } = stage;
    const first = stage.redisTask.id;
    const deployed = ecs.apply(redisRelease(arrangement.local.template));
    await stage.until("a second Redis is started", () => stage.redisTasks.length === 2);
    report.expect("two Redis ran at once", true, stage.redisTasks.length);
    await deployed;
    await stage.until("the first is gone", () => stage.redisTasks.every(({ id }) => id !== first));
    await ecs.waitUntilStable();
    await stage.untilServedAfter(stage.now());
  },
};

/** Users were told that their writes are safe; the Redis that serves now has not seen them. */
export const writesAreLost: Step = {
  title: "writes are lost",
  play: async (stage) => {
    const lost = await stage.lostWrites();
    stage.report.measure("writes acknowledged", stage.load.acknowledged.length);
    stage.report.measure("acknowledged writes lost", lost);
    stage.report.expect("acknowledged writes are lost", lost > 0, lost);
  },
};
