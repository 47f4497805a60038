import { type RequestOutcome, isServed } from "./load.ts";
import { type Results, seconds } from "./results.ts";

/** Names of figures that several steps measure, and that views look up. */
export const FIGURES = {
  requests: "requests served / failed",
  away: "app away for its users",
  recovery: "repaired → app's first answer",
  redisStarts: "Redis starts",
  appStarts: "app starts",
  lost: "acknowledged writes lost",
} as const;

/** Measures what users saw: how many were served, and for how long the app was away. */
export function measureUsers(results: Results, outcomes: readonly RequestOutcome[]): void {
  results.measure(FIGURES.requests, countOf(outcomes));
  results.measure(FIGURES.away, seconds(timeAway(outcomes)));
}

/** `served / failed`. */
export function countOf(outcomes: readonly RequestOutcome[]): string {
  const served = outcomes.filter(isServed).length;
  return `${served} / ${outcomes.length - served}`;
}

/** As {@link countOf}, with how they failed: what is needed to find out why. */
export function failuresOf(outcomes: readonly RequestOutcome[]): string {
  const failures = outcomes.filter((outcome) => !isServed(outcome));
  const how = [...new Set(failures.map(({ status }) => (status === 0 ? "no answer" : status)))];
  return failures.length === 0 ? countOf(outcomes) : `${countOf(outcomes)} (${how.join(", ")})`;
}

/** Whether a user got a response at all, if only to come again later. */
export function isAnswered({ status }: RequestOutcome): boolean {
  return status !== 0;
}

/** The longest time in ms in which nothing was served. */
export function longestGap(outcomes: readonly RequestOutcome[]): number {
  const served = outcomes
    .filter(isServed)
    .map(({ endedAt }) => endedAt)
    .toSorted((a, b) => a - b);
  return served.reduce(
    (longest, at, index) => Math.max(longest, at - (served[index - 1] ?? at)),
    0,
  );
}

/**
 * Milliseconds in which the app was away for its users: from the first request that failed to the
 * next that was served; 0 when none failed.
 */
export function timeAway(outcomes: readonly RequestOutcome[]): number {
  const inOrder = outcomes.toSorted((a, b) => a.sentAt - b.sentAt);
  const first = inOrder.find((outcome) => !isServed(outcome));
  const last = inOrder.findLast((outcome) => !isServed(outcome));
  if (!first || !last) return 0;
  const again = inOrder.find((outcome) => isServed(outcome) && outcome.sentAt > last.sentAt);
  return (again ?? last).endedAt - first.sentAt;
}
