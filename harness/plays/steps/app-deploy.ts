import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { expectUsers } from "../stage/expect-users.ts";
import { measureUsers, servedOf } from "../stage/measures.ts";
import type { Step } from "./step.ts";

/** A release of the app. Only its task definition changes, and Redis is not affected. */
export const appDeploy: Step = {
  title: "app redeploy",
  play: async (stage) => {
    const { results } = stage;
    const redisBefore = stage.redisTask.id;
    const { outcomes, appStarts, redisStarts } = await deployApp(stage);
    results.expect("new app tasks started", appStarts > 0, appStarts);
    results.expect("no Redis was started", redisStarts === 0, redisStarts);
    results.expect("the same Redis runs", stage.redisTask.id === redisBefore, stage.redisTask.id);
    const [claim, held] = ["every request was served", outcomes.every(isServed)] as const;
    expectUsers(stage, { claim, held, seen: servedOf(outcomes), appStarts });
  },
};

/** Deploys another release in any setup and measures the effect. */
export async function deployApp(stage: Stage) {
  const { ecs, setup, results } = stage;
  const began = stage.now();
  const changed = await ecs.apply(setup.release({ tag: stage.nextTag() }));
  await ecs.waitUntilStable({ timeout: 120_000 });
  await stage.untilServedAfter(stage.now());
  const outcomes = await stage.settledSince(began);
  const appStarts = stage.appStartsSince(began);
  const redisStarts = stage.redisStartsSince(began);
  results.measure("resources changed", changed.join("\n"));
  measureUsers(results, outcomes, redisStarts);
  results.measure("time", seconds(stage.now() - began));
  results.measure("Redis starts caused by the app deploy", redisStarts);
  return { outcomes, appStarts, redisStarts };
}
