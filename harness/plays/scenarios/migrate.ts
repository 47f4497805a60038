import { OLD_FOLDER, live } from "../migration/live-environment.ts";
import { account, liveInAccount, oldInAccount, oldStack } from "../migration/account.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import { servedOf } from "../stage/measures.ts";
import {
  guestsIn,
  inFolder,
  oneWriter,
  untilServiceStopped,
  watchedDeploy,
} from "../steps/migration-checks.ts";
import type { Step } from "../steps/step.ts";
import {
  deployBeside,
  handOver,
  moveUsers,
  nameWhatExists,
  protect,
  releaseApp,
  removeOld,
  stopOld,
  takeStock,
} from "../steps/migrate.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

// The way back of docs/migration.md, from the last step that has one.

const { image } = live.app;

/** Must be first, because an app with users would write into its next Redis. */
const sendUsersBack: Step = {
  title: "users are sent back",
  play: async (stage) => {
    stage.moveTo(oldInAccount());
    const moved = stage.now();
    await stage.until("a user was sent back", () => stage.load.between(moved).length > 0);
    const outcomes = await stage.settledSince(moved);
    const served = outcomes.filter(isServed).length;
    stage.results.expect("no write is accepted yet", served === 0, servedOf(outcomes));
  },
};

const destroyLive: Step = {
  title: "the new environment is destroyed",
  play: async (stage) => {
    const { ecs, results } = stage;
    await ecs.apply(account(oldStack({ image, count: 0 })));
    for (const service of Object.values(liveInAccount().services)) {
      await untilServiceStopped(stage, service);
    }
    const left = stage.writers.sample().filter(inFolder(OLD_FOLDER));
    results.expect("no server has the folder open", left.length === 0, left.length);
  },
};

const startOld: Step = {
  title: "the old task starts",
  play: async (stage) => {
    const { ecs, results } = stage;
    const began = stage.now();
    await ecs.apply(account(oldStack({ image })));
    await ecs.waitUntilStable();
    await stage.untilServedAfter(stage.now());
    results.measure("time", seconds(stage.now() - began));
    const { missing } = await guestsIn(stage);
    results.expect("the old task has the new one's writes", missing.length === 0, missing.length);
  },
};

/** The steps of docs/migration.md, in its order. */
export const guide = [
  takeStock,
  releaseApp,
  nameWhatExists,
  deployBeside,
  stopOld,
  handOver,
  moveUsers,
  removeOld,
  protect,
];

export const migrateScenario: Script = {
  title: "From the old setup to the new one",
  steps: [watchedDeploy, ...guide, checkWrites, oneWriter],
  setup: oldInAccount,
};

export const migrateBackScenario: Script = {
  title: "Back to the old setup",
  steps: [
    watchedDeploy,
    ...guide.slice(0, guide.indexOf(removeOld)),
    sendUsersBack,
    destroyLive,
    startOld,
    checkWrites,
    oneWriter,
  ],
  setup: oldInAccount,
};
