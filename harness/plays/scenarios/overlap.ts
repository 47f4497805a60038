import { redisRelease, withoutLock } from "../setups/without-lock.ts";
import { MINUTES_AS_SECONDS, impactOf } from "../faults/fault.ts";
import { overlap as overlapping } from "../faults/redis-faults.ts";
import { expectAllAnswered } from "../faults/expectations.ts";
import { FIGURES } from "../stage/measures.ts";
import type { Step } from "../steps/step.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

const overlap: Step = {
  title: "ECS starts a second Redis",
  play: async (stage) => {
    const { ecs, results } = stage;
    const fault = overlapping(async (second) => {
      const both = stage.redisTasks.length;
      const words = await ecs.log(second.id, stage.containers.redis);
      results.expect("two tasks of Redis ran at once", both === 2, both);
      results.expect(
        "the second one did not load the data",
        !words.includes("Ready to accept connections"),
        words === "" ? "it waits without output" : words.slice(-80),
      );
    });
    expectAllAnswered(stage, await impactOf(stage, fault));
    results.expect("one Redis is left", stage.redisTasks.length === 1, stage.redisTasks.length);
  },
};

/** Deploys Redis with ECS' default percentages and without the lock. Both run until the new one is healthy. */
const twoWriters: Step = {
  title: "Redis is deployed",
  play: async (stage) => {
    const { ecs, setup, results } = stage;
    const first = stage.redisTask.id;
    const deployed = ecs.apply(redisRelease(setup.local.template));
    await stage.until("a second Redis is started", () => stage.redisTasks.length === 2);
    results.expectFlaw("two Redis ran at once", true, stage.redisTasks.length);
    await deployed;
    await stage.until("the first has ended", () =>
      stage.redisTasks.every(({ id }) => id !== first),
    );
    await ecs.waitUntilStable();
    await stage.untilServedAfter(stage.now());
  },
};

/** Redis lacks acknowledged writes. */
const writesAreLost: Step = {
  title: "writes are lost",
  play: async (stage) => {
    const missing = await stage.missingWrites();
    const lost = missing.lost.length;
    stage.results.measure(FIGURES.acknowledged, stage.load.acknowledged.length);
    stage.results.measure(FIGURES.lost, lost);
    stage.results.expectFlaw("acknowledged writes are lost", lost > 0, lost);
  },
};

export const overlapScenario: Script = {
  title: "Two Redis at once",
  steps: [firstDeploy, overlap, checkWrites],
  speed: MINUTES_AS_SECONDS,
};

export const withoutLockScenario: Script = {
  title: "Two Redis at once, without the lock",
  steps: [firstDeploy, twoWriters, writesAreLost],
  setup: withoutLock,
};
