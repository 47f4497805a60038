import type { TemplateSource } from "../../ecs/index.ts";
import { isServed } from "../stage/load.ts";
import { measureUsers, servedOf } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Step } from "./step.ts";

/**
 * Deploys another version of the template over the running one.
 * @param isRestarting whether Redis is expected to restart. Undefined: unknown
 */
export const upgradeTo = (template: TemplateSource, isRestarting: boolean | undefined): Step => ({
  title: "upgrade",
  play: async (stage) => {
    const { ecs, results } = stage;
    const began = stage.now();
    const changed = await ecs.apply(template);
    await ecs.waitUntilStable({ timeout: 120_000 });
    await stage.untilServedAfter(stage.now());
    const outcomes = await stage.settledSince(began);
    const redisStarts = stage.redisStartsSince(began);
    results.measure("resources changed", String(changed.length));
    measureUsers(results, outcomes, redisStarts);
    results.measure("time", seconds(stage.now() - began));
    results.measure("Redis starts caused by the upgrade", redisStarts);
    if (isRestarting === false) {
      results.expect("no Redis was started", redisStarts === 0, redisStarts);
      results.expect("every request was served", outcomes.every(isServed), servedOf(outcomes));
    } else if (isRestarting === true) {
      results.expect("Redis restarted, as announced", redisStarts > 0, redisStarts);
    }
  },
});
