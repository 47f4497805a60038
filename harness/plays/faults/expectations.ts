import type { Impact } from "./fault.ts";
import { isServed } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { countOf, failuresOf, isAnswered } from "../stage/measures.ts";

/** What several scenarios expect of a breakage. */

export function expectAllServed({ report }: Stage, { outcomes }: Impact): void {
  report.expect("every request was served", outcomes.every(isServed), failuresOf(outcomes));
}

/** Told to come again, at the least; nobody was left without a word. */
export function expectAllAnswered({ report }: Stage, { outcomes }: Impact): void {
  report.expect("every request was answered", outcomes.every(isAnswered), failuresOf(outcomes));
}

export function expectNoRestarts({ report }: Stage, { redisStarts, appStarts }: Impact): void {
  const seen = `${redisStarts} Redis, ${appStarts} app`;
  report.expect("nothing was restarted", redisStarts + appStarts === 0, seen);
}

/** @param milliseconds from the mending */
export function expectRecovery(
  { report }: Stage,
  { recovery }: Impact,
  milliseconds: number,
): void {
  const claim = `the app serves again within ${milliseconds / 1_000} s`;
  report.expect(claim, recovery <= milliseconds, seconds(recovery));
}

/** It was broken indeed: what is not noticed proves nothing. */
export function expectNoticed({ report }: Stage, { outcomes }: Impact): void {
  const failures = outcomes.filter((outcome) => !isServed(outcome)).length;
  report.expect("users noticed it while it lasted", failures > 0, `${failures} failed`);
}

/** @param milliseconds before the mending */
export function expectServedAtTheEnd(
  { report }: Stage,
  { outcomes, mendedAt }: Impact,
  milliseconds: number,
): void {
  const late = outcomes.filter(({ sentAt, endedAt }) => {
    return sentAt >= mendedAt - milliseconds && endedAt < mendedAt;
  });
  report.expect("the app serves while it lasts", late.some(isServed), countOf(late));
}
