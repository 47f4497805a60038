import { group } from "d3-array";
import { type RequestOutcome, isServed } from "./load.ts";
import type { RecordedImpact } from "./recording.ts";
import { type Results, seconds } from "./results.ts";

/** Names of figures that several steps measure and views look up. */
export const FIGURES = {
  requests: "requests served / failed",
  away: "app away for its users",
  recovery: "repaired → app's first answer",
  redisStarts: "Redis starts",
  appStarts: "app starts",
  unchecked: "no health check of the app",
  acknowledged: "writes acknowledged",
  lost: "acknowledged writes lost",
  discarded: "writes of the 2 s before a kill that Redis discarded",
} as const;

/**
 * Measures the responses: how many succeeded, and for how long the app was away.
 * @param redisStarts number of Redis starts, if counted
 */
export function measureUsers(
  results: Results,
  outcomes: readonly RequestOutcome[],
  redisStarts?: number,
): void {
  results.measure(FIGURES.requests, countOf(outcomes));
  results.measure(FIGURES.away, seconds(timeAway(outcomes)));
  results.noteImpact(impactOn(outcomes, redisStarts));
}

/** The effect of a step on users, as numbers. */
export function impactOn(
  outcomes: readonly Omit<RequestOutcome, "guest">[],
  redisStarts?: number,
): RecordedImpact {
  return {
    sent: outcomes.length,
    failed: outcomes.filter((outcome) => !isServed(outcome)).length,
    away: timeAway(outcomes),
    ...(redisStarts === undefined ? {} : { redisStarts }),
  };
}

/** `served / failed`. */
export function countOf(outcomes: readonly RequestOutcome[]): string {
  const served = outcomes.filter(isServed).length;
  return `${served} / ${outcomes.length - served}`;
}

/** `20 of 22 served, 2 answered 503`, for an expectation that every request is served. */
export function servedOf(outcomes: readonly RequestOutcome[]): string {
  const served = outcomes.filter(isServed).length;
  return [`${served} of ${outcomes.length} served`, ...failuresOf(outcomes)].join(", ");
}

/** `22 of 22 answered: 20 served, 2 answered 503`, for an expectation that every request is answered. */
export function answeredOf(outcomes: readonly RequestOutcome[]): string {
  const answered = outcomes.filter(isAnswered).length;
  const counts = [`${outcomes.filter(isServed).length} served`, ...failuresOf(outcomes)];
  return `${answered} of ${outcomes.length} answered: ${counts.join(", ")}`;
}

/** The failures by kind: `126 answered 503`, `4 without an answer`. */
function failuresOf(outcomes: readonly RequestOutcome[]): string[] {
  const failures = outcomes.filter((outcome) => !isServed(outcome));
  return [...group(failures, ({ status }) => status)]
    .toSorted(([a], [b]) => b - a)
    .map(([status, same]) =>
      status === 0 ? `${same.length} without an answer` : `${same.length} answered ${status}`,
    );
}

/** Whether a user got a response, even an error. */
export function isAnswered({ status }: RequestOutcome): boolean {
  return status !== 0;
}

/**
 * Milliseconds in which the app was away: from the first failed request to the next success; 0 if none failed.
 */
export function timeAway(outcomes: readonly Omit<RequestOutcome, "guest">[]): number {
  const inOrder = outcomes.toSorted((a, b) => a.sentAt - b.sentAt);
  const first = inOrder.find((outcome) => !isServed(outcome));
  const last = inOrder.findLast((outcome) => !isServed(outcome));
  if (!first || !last) return 0;
  const again = inOrder.find((outcome) => isServed(outcome) && outcome.sentAt > last.sentAt);
  return (again ?? last).endedAt - first.sentAt;
}

/** Milliseconds from a time to the end of the last failed request; 0 if none failed after it. */
export function failingAfter(time: number, outcomes: readonly RequestOutcome[]): number {
  const failures = outcomes.filter((outcome) => !isServed(outcome));
  return Math.max(0, ...failures.map(({ endedAt }) => endedAt - time));
}
