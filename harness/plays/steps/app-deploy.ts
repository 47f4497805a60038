import { APP, REDIS } from "../setups/setup.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { countOf, timeAway } from "../stage/measures.ts";
import type { Step } from "./step.ts";

/** A release of the app: its task definition alone changes, and Redis does not notice. */
export const appDeploy: Step = {
  title: "app redeploy",
  play: async (stage) => {
    const { report } = stage;
    const redisBefore = stage.redisTask.id;
    const { outcomes, appStarts, redisStarts } = await deployApp(stage);
    report.expect("new app tasks started", appStarts > 0, appStarts);
    report.expect("no Redis was started", redisStarts === 0, redisStarts);
    report.expect("the same Redis runs", stage.redisTask.id === redisBefore, stage.redisTask.id);
    report.expect("every request was served", outcomes.every(isServed), countOf(outcomes));
  },
};

/** Deploys another release and measures what it took, whatever the arrangement. */
export async function deployApp(stage: Stage) {
  const { ecs, arrangement, report } = stage;
  const began = stage.now();
  const changed = await ecs.apply(arrangement.release({ tag: "1.0.1" }));
  await ecs.waitUntilStable({ timeout: 120_000 });
  await stage.untilServedAfter(stage.now());
  const outcomes = await stage.settledSince(began);
  const appStarts = stage.startsSince(began, APP);
  const redisStarts = stage.startsSince(began, REDIS);
  report.measure("resources changed", changed.join("\n"));
  report.measure("requests served / failed", countOf(outcomes));
  report.measure("app away for its users", seconds(timeAway(outcomes)));
  report.measure("time", seconds(stage.now() - began));
  report.measure("Redis starts caused by the app deploy", redisStarts);
  return { outcomes, appStarts, redisStarts };
}
