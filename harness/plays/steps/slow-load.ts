import { SLOW_KEY_MICROS } from "../../ecs/base/fault-primitives.ts";
import { killRedis, storageSlow } from "../faults/redis-faults.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { SEEDED_KEYS } from "./first-deploy.ts";
import { answeredOf, isAnswered, measureUsers } from "../stage/measures.ts";
import type { Step } from "./step.ts";

/** Milliseconds, four times the load time. */
const LOADED_WITHIN = ((SEEDED_KEYS * SLOW_KEY_MICROS) / 1_000) * 4;

/** Kills Redis while storage is slow. It answers LOADING for seconds, and ECS lets it load. */
export const slowLoad: Step = {
  title: "Redis loads slowly",
  needsData: true,
  play: async (stage) => {
    const { results } = stage;
    const { outcomes, appStarts, redisStarts, loading, servedAt } =
      await loseRedisOnSlowStorage(stage);
    results.expect("Redis started once: no kill loop", redisStarts === 1, redisStarts);
    results.expect("no app task was restarted", appStarts === 0, appStarts);
    results.expect("every request was answered", outcomes.every(isAnswered), answeredOf(outcomes));
    const expected = (SEEDED_KEYS * SLOW_KEY_MICROS) / 1_000 / 2;
    results.expect("Redis was seen loading", loading >= expected, seconds(loading));
    if (stage.setup.servesWithin !== undefined) {
      const claim = `the app serves while storage is slow, within ${LOADED_WITHIN / 1_000} s`;
      results.expect(claim, servedAt !== undefined, seconds(loading));
    }
  },
};

/** Additional milliseconds for the restarts on a slow machine. */
const RESTARTED_WITHIN = 60_000;

/**
 * Kills Redis while storage is slow, in any setup. Storage is fast again once users are served, or after four times
 * the load time. Measures until users are served and services are stable.
 *
 * @param restarts known restarts of app and Redis in a setup; storage stays slow until they happen
 */
export async function loseRedisOnSlowStorage(stage: Stage, restarts = 0) {
  const { ecs, results } = stage;
  const began = stage.now();
  const repair = await storageSlow.begin(stage);
  await killRedis(stage);
  const goneAt = stage.now();
  const servedAt = await stage.untilServedAfter(goneAt, LOADED_WITHIN).catch(() => undefined);
  if (servedAt === undefined) {
    const areSeen = () =>
      Math.min(stage.redisStartsSince(began), stage.appStartsSince(began)) >= restarts;
    await stage
      .until("app and Redis are restarted", areSeen, RESTARTED_WITHIN)
      .catch(() => undefined);
  }
  const appStarts = stage.appStartsSince(began);
  const redisStarts = stage.redisStartsSince(began);
  await repair?.();
  const endedAt = servedAt ?? (await stage.untilServedAfter(stage.now()));
  await ecs.waitUntilStable({ timeout: 120_000 });
  const outcomes = await stage.settledSince(began);

  results.measure(
    "Redis lost → app's first answer",
    servedAt === undefined ? "not while storage was slow" : seconds(servedAt - goneAt),
  );
  measureUsers(results, outcomes, redisStarts);
  results.measure("Redis starts while storage was slow", redisStarts);
  results.measure("app starts while storage was slow", appStarts);
  return {
    outcomes,
    appStarts,
    redisStarts,
    servedAt,
    /** Milliseconds from the loss of Redis to the first answer. */
    loading: endedAt - goneAt,
  };
}
