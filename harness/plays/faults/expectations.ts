import { expectUsers } from "../stage/expect-users.ts";
import { isServed } from "../stage/load.ts";
import { answeredOf, isAnswered, servedOf } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import type { Impact } from "./fault.ts";

// Expectations that several faults share.

/** While Redis is unavailable, users get an error response, and nothing is restarted. */
export function expectWaiting(stage: Stage, impact: Impact): void {
  expectNoticed(stage, impact);
  expectAllAnswered(stage, impact);
  expectNoRestarts(stage, impact);
  expectRecovery(stage, impact, 5_000);
}

export function expectAllServed(stage: Stage, { outcomes, appStarts }: Impact): void {
  const [claim, held] = ["every request was served", outcomes.every(isServed)] as const;
  expectUsers(stage, { claim, held, seen: servedOf(outcomes), appStarts });
}

/** Every user got a response, even if it was an error. */
export function expectAllAnswered(stage: Stage, { outcomes, appStarts }: Impact): void {
  const [claim, held] = ["every request was answered", outcomes.every(isAnswered)] as const;
  expectUsers(stage, { claim, held, seen: answeredOf(outcomes), appStarts });
}

export function expectNoRestarts({ results }: Stage, { redisStarts, appStarts }: Impact): void {
  const seen = `${redisStarts} Redis, ${appStarts} app`;
  results.expect("nothing was restarted", redisStarts + appStarts === 0, seen);
}

export function expectOneRedisStart({ results }: Stage, { redisStarts }: Impact): void {
  results.expect("Redis was started once", redisStarts === 1, redisStarts);
}

/** @param milliseconds from the repair */
export function expectRecovery(
  { results }: Stage,
  { recovery }: Impact,
  milliseconds: number,
): void {
  const claim = `the app serves again within ${milliseconds / 1_000} s`;
  results.expect(claim, recovery <= milliseconds, seconds(recovery));
}

/** @param milliseconds from the repair */
export function expectWholeRecovery(
  { results }: Stage,
  { wholeRecovery }: Impact,
  milliseconds: number,
): void {
  const claim = `every task of the app serves again within ${milliseconds / 1_000} s`;
  results.expect(claim, wholeRecovery <= milliseconds, seconds(wholeRecovery));
}

/** The fault had an effect on users. Otherwise the play proves nothing. */
export function expectNoticed({ results }: Stage, { outcomes }: Impact): void {
  const failures = outcomes.filter((outcome) => !isServed(outcome)).length;
  results.expect("users noticed the fault", failures > 0, `${failures} failed`);
}

/** The app found the new Redis before the repair. */
export function expectServedMeanwhile(stage: Stage, { outcomes, repairedAt }: Impact): void {
  const startedAt = stage.redisTask.startedAt ?? repairedAt;
  const meanwhile = outcomes.filter(({ sentAt, endedAt }) => {
    return sentAt >= startedAt && endedAt < repairedAt;
  });
  const claim = "the app serves during the fault";
  stage.results.expect(claim, meanwhile.some(isServed), servedOf(meanwhile));
}
