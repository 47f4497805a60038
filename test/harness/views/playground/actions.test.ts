import { expect, test } from "vitest";
import { actionOf, actions } from "../../../../harness/views/playground/actions.ts";

test.each(actions)(
  "“$title” says why the old setup does not have its fault, if it has not",
  (action) => {
    const { fault, notInOldSetup } = action;
    expect(notInOldSetup === undefined).toBe(fault.inOldSetup === true);
    expect(actionOf(fault.name)).toBe(action);
  },
);

test("each fault that lasts is told from the others", () => {
  const primitives = actions.filter(({ lasting }) => lasting).map(({ fault }) => fault.primitive);
  expect(primitives).not.toContain(undefined);
  expect(new Set(primitives).size).toBe(primitives.length);
});
