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

test("tasks that no one checks and that were started are told, and nothing is expected of them", () => {
  const { expectations, figures } = expected(true, 1);
  expect(expectations).toEqual([]);
  expect(figures.map(({ name }) => name)).toEqual([FIGURES.unchecked]);
});

/** Half of the requests fail until a time after Redis was healthy. */
const judged = (until: number, servesWithin?: number) => {
  const results = new Results();
  const stage = { setup: { servesWithin }, results } as unknown as Stage;
  const outcome = { guest: undefined, sentAt: 0 };
  const served = { ...outcome, endedAt: 1_010, status: 200 };
  expectServesAgain(stage, [served, { ...outcome, endedAt: 1_000 + until, status: 503 }], 1_000);
  return results.expectations.map(({ held, seen }) => [held, seen]);
};

test("requests that fail after Redis has moved are bounded, though others are served", () => {
  expect(judged(14_590, 5_000)).toEqual([[false, "14.59 s"]]);
  expect(judged(5_000, 5_000)).toEqual([[true, "5.00 s"]]);
  expect(judged(-900, 5_000)).toEqual([[true, "0.00 s"]]);
});

test("of another app than ours it is not known", () => {
  expect(judged(14_590)).toEqual([]);
});
