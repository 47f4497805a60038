import { expect, test } from "vitest";
import { actionCard } from "../../../../harness/views/playground/action-cards.ts";
import { ActionRun } from "../../../../harness/views/playground/action-run.ts";
import { actions } from "../../../../harness/views/playground/actions.ts";
import type { Playground } from "../../../../harness/views/playground/playground.ts";

const NOTE = "Requests were failing before the button was pressed.";

test.each([
  ["includes earlier failures", false, 3, true],
  ["began while all requests were served", true, 3, false],
  ["has no failure", false, 0, false],
])("a press that %s", (_which, wereServed, failed, isSaid) => {
  const [action] = actions;
  if (action === undefined) throw new Error("there are no actions");
  const cost = { sent: 5, failed, away: 100, redisStarts: 0 };
  const run = new ActionRun(action.title, () => cost, wereServed);
  run.enter("over");
  const side = { id: "new", title: "New setup", run: () => run };
  const playground = { busy: undefined, sides: [side], isActive: () => false };
  const card = actionCard(action, playground as unknown as Playground).markup;
  expect(card).toContain(`${failed} of 5 requests failed`);
  expect(card.includes(NOTE)).toBe(isSaid);
});
