import { live, OLD_FOLDER } from "../migration/live-environment.ts";
import { account, liveInAccount, oldInAccount, oldStack } from "../migration/account.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import { servedOf } from "../stage/measures.ts";
import { guestsIn, inFolder, untilServiceStopped } from "./migration-checks.ts";
import type { Step } from "./step.ts";

// The way back of docs/migration.md, from the last step that has one.

const { image } = live.app;

/** Must be first, because an app with users would write into its next Redis. */
export const sendUsersBack: Step = {
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

export const destroyLive: Step = {
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

export const startOld: Step = {
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
