import { oldSetup } from "../setups/old-setup.ts";
import { deployApp } from "../steps/app-deploy.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { loseRedisOnSlowStorage } from "../steps/slow-load.ts";
import type { Step } from "../steps/step.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

const appDeployStartsRedis: Step = {
  title: "app redeploy",
  play: async (stage) => {
    const { outcomes, redisStarts } = await deployApp(stage);
    const lost = outcomes.filter(({ status }) => status >= 500 || status === 0).length;
    stage.results.expectFlaw("the app deploy starts a new Redis", redisStarts >= 1, redisStarts);
    // Where a new task starts before the old one stops, it depends on the moment.
    if (stage.setup.isOverlapping !== true) {
      stage.results.expectFlaw("users notice the app deploy", lost > 0, `${lost} requests failed`);
    }
  },
};

/** Starts of Redis that count as a loop. */
const LOOP = 3;

const slowStorageRestarts: Step = {
  title: "Redis loads slowly",
  needsData: true,
  play: async (stage) => {
    const { redisStarts, appStarts, servedAt } = await loseRedisOnSlowStorage(stage, LOOP);
    // An app of the user may wait for Redis, in place of ending: the old setup is then better than expected.
    if (stage.setup.isOwnApp === true && redisStarts <= 1) {
      const claim = "the app waits for Redis: its task is not restarted while Redis is loading";
      stage.results.expect(claim, appStarts <= 1, `${appStarts} starts`);
      return;
    }
    stage.results.expectFlaw(
      "the task is restarted again and again while Redis is loading",
      redisStarts >= LOOP,
      `${redisStarts} starts`,
    );
    stage.results.expectFlaw(
      "it does not start while storage is slow",
      servedAt === undefined,
      servedAt === undefined ? "no request was served" : "a request was served",
    );
  },
};

export const before: Script = {
  title: "The old setup",
  steps: [firstDeploy, appDeployStartsRedis, slowStorageRestarts, checkWrites],
  setup: oldSetup,
};
