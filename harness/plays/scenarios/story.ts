import { expectServesAgain, expectUsers } from "../stage/expect-users.ts";
import { seconds } from "../stage/results.ts";
import { answeredOf, isAnswered, measureUsers } from "../stage/measures.ts";
import type { Step } from "../steps/step.ts";
import { appDeploy } from "../steps/app-deploy.ts";
import { firstDeploy } from "../steps/first-deploy.ts";
import { slowLoad } from "../steps/slow-load.ts";
import { checkWrites } from "../steps/check-writes.ts";
import type { Script } from "./scenario.ts";

/** Milliseconds to wait until the app serves. */
const TIMEOUT = 60_000;

/** Drains the host of Redis. Redis starts on another host and port. */
const redisMoves: Step = {
  title: "Redis moves",
  play: async (stage) => {
    const { ecs, results, setup } = stage;
    const before = stage.redisTask;
    const began = stage.now();
    ecs.drainHost(before.host ?? "");
    const healthyAt = await stage.untilRedisHealthy(before.id);
    const after = stage.redisTask;
    const answeredAt = await stage.untilServedAfter(Math.max(after.startedAt ?? began, began));
    await ecs.waitUntilStable();
    if (setup.servesWithin !== undefined) await stage.untilAllServed(TIMEOUT);
    const outcomes = await stage.settledSince(began);
    const redisStarts = stage.redisStartsSince(began);

    results.measure("Redis moved", `${stage.whereIs(before)} → ${stage.whereIs(after)}`);
    measureUsers(results, outcomes, redisStarts);
    results.measure(
      "app's first answer after the move",
      answeredAt <= healthyAt
        ? `${seconds(healthyAt - answeredAt)} before Redis passed a health check`
        : `${seconds(answeredAt - healthyAt)} after Redis passed a health check`,
    );
    results.expect("another host", after.address !== before.address, `${after.address}`);
    if (setup.hasFixedPort !== true) {
      const port = stage.portOf(after);
      results.expect("another port", port !== stage.portOf(before), port);
    }
    results.expect("Redis started once", redisStarts === 1, redisStarts);
    const [claim, held] = ["every request was answered", outcomes.every(isAnswered)] as const;
    const appStarts = stage.appStartsSince(began);
    expectUsers(stage, { claim, held, seen: answeredOf(outcomes), appStarts });
    expectServesAgain(stage, outcomes, healthyAt);
    ecs.activateHost(before.host ?? "");
  },
};

export const story: Script = {
  title: "The whole story",
  steps: [firstDeploy, appDeploy, redisMoves, slowLoad, checkWrites],
};

/** A part of the story. */
export const after: Script = {
  title: "The new setup",
  steps: [firstDeploy, appDeploy, slowLoad, checkWrites],
};
