import { expect, test } from "vitest";
import { expectServesAgain, expectUsers } from "../../../../harness/plays/stage/expect-users.ts";
import { FIGURES } from "../../../../harness/plays/stage/measures.ts";
import { Results } from "../../../../harness/plays/stage/results.ts";
import type { Stage } from "../../../../harness/plays/stage/stage.ts";

const expected = (isUnchecked: boolean, appStarts: number): Results => {
  const results = new Results();
  const stage = { setup: { isUnchecked }, results } as unknown as Stage;
  expectUsers(stage, { claim: "all", held: false, seen: "some", appStarts });
  return results;
};

test.each([
  [false, 2],
  [true, 0],
])("unchecked %s, %i app starts: what users get is expected", (isUnchecked, appStarts) => {
  const { expectations, figures } = expected(isUnchecked, appStarts);
  expect(expectations).toEqual([{ step: "", claim: "all", held: false, seen: "some" }]);
  expect(figures).toEqual([]);
});

test("started tasks without a health check are reported and not checked", () => {
  const { expectations, figures } = expected(true, 1);
  expect(expectations).toEqual([]);
  expect(figures.map(({ name }) => name)).toEqual([FIGURES.unchecked]);
});

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

test("the limit is unknown for a user's app", () => {
  expect(judged(14_590)).toEqual([]);
});
