import { expect, test } from "vitest";
import { expectServesAgain } from "../../../../harness/plays/stage/expect-users.ts";
import { Results } from "../../../../harness/plays/stage/results.ts";
import type { Stage } from "../../../../harness/plays/stage/stage.ts";

/** Half of the requests fail until a time after Redis is healthy. */
const judged = (until: number, servesWithin?: number) => {
  const results = new Results();
  const stage = { setup: { servesWithin }, results } as unknown as Stage;
  const outcome = { guest: undefined, sentAt: 0 };
  const served = { ...outcome, endedAt: 1_010, status: 200 };
  expectServesAgain(stage, [served, { ...outcome, endedAt: 1_000 + until, status: 503 }], 1_000);
  return results.expectations.map(({ held, seen }) => [held, seen]);
};

test("the time of failures after a move is limited, even if other requests are served", () => {
  expect(judged(14_590, 5_000)).toEqual([[false, "14.59 s"]]);
  expect(judged(5_000, 5_000)).toEqual([[true, "5.00 s"]]);
  expect(judged(-900, 5_000)).toEqual([[true, "0.00 s"]]);
});
