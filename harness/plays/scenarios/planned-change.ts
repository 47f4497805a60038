import { checkWrites } from "../steps/check-writes.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import type { Step } from "../steps/step.ts";
import { FIGURES, measureUsers } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Script } from "./scenario.ts";

export const PLANNED_CHANGE = "planned change";

/**
 * Deploys the change of a plan over its running services.
 * @param isRestarting whether Redis is expected to restart. @default unknown
 */
const plannedChange = (isRestarting?: boolean): Step => ({
  title: PLANNED_CHANGE,
  play: async (stage) => {
    const { ecs, results, setup } = stage;
    // The present services have users and their writes before they change.
    await stage.untilAllServed(60_000);
    const began = stage.now();
    const changed = await ecs.apply(setup.release({ tag: stage.nextTag() }));
    await ecs.waitUntilStable({ timeout: 120_000 });
    await stage.untilServedAfter(stage.now());
    const outcomes = await stage.settledSince(began);
    const redisStarts = stage.redisStartsSince(began);
    results.measure("resources changed", changed.join("\n"));
    measureUsers(results, outcomes, redisStarts);
    results.measure("time", seconds(stage.now() - began));
    results.measure(FIGURES.redisStarts, redisStarts);
    results.measure(FIGURES.appStarts, stage.appStartsSince(began));
    if (isRestarting === undefined) return;
    const claim = isRestarting ? "Redis restarted, as announced" : "no Redis was started";
    results.expect(claim, redisStarts > 0 === isRestarting, redisStarts);
  },
});

/** @param isRestarting whether Redis is expected to restart. @default unknown */
export const plannedChangeScript = (isRestarting?: boolean): Script => ({
  title: "a planned change on running services",
  steps: [firstDeploy, plannedChange(isRestarting), checkWrites],
});
