import { expect, test } from "vitest";
import type { RequestOutcome } from "../../../../harness/plays/stage/load.ts";
import {
  countOf,
  failuresOf,
  isAnswered,
  longestGap,
  timeAway,
} from "../../../../harness/plays/stage/measures.ts";

const outcome = (sentAt: number, status: number, endedAt = sentAt + 1): RequestOutcome => ({
  guest: `guest-${sentAt}`,
  sentAt,
  endedAt,
  status,
});

const some = [outcome(10, 201), outcome(20, 503, 40), outcome(30, 0, 90), outcome(50, 200)];

test("served and failed are counted, and failures told by their kind", () => {
  expect(countOf(some)).toBe("2 / 2");
  expect(failuresOf(some)).toBe("2 / 2 (503, no answer)");
  expect(failuresOf(some.slice(0, 1))).toBe("1 / 0");
});

test("who was told to come again was answered, who heard nothing was not", () => {
  expect(some.map(isAnswered)).toEqual([true, true, false, true]);
});

test("the app is away from the first request that failed to the next that was served", () => {
  expect(timeAway(some)).toBe(31);
  expect(timeAway(some.slice(0, 1))).toBe(0);
  // Nothing was served again: until the last one gave up.
  expect(timeAway(some.slice(0, 3))).toBe(70);
});

test("the longest gap is between two that were served, whatever failed between", () => {
  expect(longestGap(some)).toBe(40);
  expect(longestGap([])).toBe(0);
});
