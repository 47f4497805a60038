import { expect, test } from "vitest";
import { expectUsers } from "../../../../harness/plays/stage/expect-users.ts";
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
