import type { Impact } from "./fault.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { countOf, failuresOf, isAnswered } from "../stage/measures.ts";

/** What several scenarios expect of a breakage. */

export function expectAllServed({ results }: Stage, { outcomes }: Impact): void {
  results.expect("every request was served", outcomes.every(isServed), failuresOf(outcomes));
}

/** Told to come again, at the least; nobody was left without a word. */
export function expectAllAnswered({ results }: Stage, { outcomes }: Impact): void {
  results.expect("every request was answered", outcomes.every(isAnswered), failuresOf(outcomes));
}

export function expectNoRestarts({ results }: Stage, { redisStarts, appStarts }: Impact): void {
  const seen = `${redisStarts} Redis, ${appStarts} app`;
  results.expect("nothing was restarted", redisStarts + appStarts === 0, seen);
}

/** @param milliseconds from the mending */
export function expectRecovery(
  { results }: Stage,
  { recovery }: Impact,
  milliseconds: number,
): void {
  const claim = `the app serves again within ${milliseconds / 1_000} s`;
  results.expect(claim, recovery <= milliseconds, seconds(recovery));
}

/** It was broken indeed: what is not noticed proves nothing. */
export function expectNoticed({ results }: Stage, { outcomes }: Impact): void {
  const failures = outcomes.filter((outcome) => !isServed(outcome)).length;
  results.expect("users noticed it while it lasted", failures > 0, `${failures} failed`);
}

/** @param milliseconds before the mending */
export function expectServedAtTheEnd(
  { results }: Stage,
  { outcomes, repairedAt }: Impact,
  milliseconds: number,
): void {
  const late = outcomes.filter(({ sentAt, endedAt }) => {
    return sentAt >= repairedAt - milliseconds && endedAt < repairedAt;
  });
  results.expect("the app serves while it lasts", late.some(isServed), countOf(late));
}
