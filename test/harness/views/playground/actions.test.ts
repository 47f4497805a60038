import { expect, test } from "vitest";
import { actionOf, actions } from "../../../../harness/views/playground/actions.ts";

test.each(actions)("“$title” has a reason if the old setup does not have its fault", (action) => {
  const { fault, notInOldSetup } = action;
  expect(notInOldSetup === undefined).toBe(fault.inOldSetup === true);
  expect(actionOf(fault.name)).toBe(action);
});

test("each lasting fault has a different primitive", () => {
  const primitives = actions.filter(({ lasting }) => lasting).map(({ fault }) => fault.primitive);
  expect(primitives).not.toContain(undefined);
  expect(new Set(primitives).size).toBe(primitives.length);
});
