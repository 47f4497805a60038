import { expect, test } from "vitest";
import type { RequestOutcome } from "../../../../harness/plays/stage/load.ts";
import { failingAfter, impactOn, timeAway } from "../../../../harness/plays/stage/measures.ts";

const outcome = (sentAt: number, status: number, endedAt = sentAt + 1): RequestOutcome => ({
  guest: `guest-${sentAt}`,
  sentAt,
  endedAt,
  status,
});

const some = [outcome(10, 201), outcome(20, 503, 40), outcome(30, 0, 90), outcome(50, 200)];

test("the impact of a step has its requests, failures and the time away", () => {
  expect(impactOn(some)).toEqual({ sent: 4, failed: 2, away: 31 });
  expect(impactOn([], 3)).toEqual({ sent: 0, failed: 0, away: 0, redisStarts: 3 });
});

test("the app is away from the first failed request to the next success", () => {
  expect(timeAway(some)).toBe(31);
  expect(timeAway(some.slice(0, 1))).toBe(0);
  // Without a later success: until the end of the last request.
  expect(timeAway(some.slice(0, 3))).toBe(70);
});

test("requests fail until the end of the last failed one", () => {
  expect(failingAfter(40, some)).toBe(50);
  expect(failingAfter(95, some)).toBe(0);
  expect(failingAfter(0, some.slice(0, 1))).toBe(0);
});
