import { expect, test } from "vitest";
import { actionOf } from "../../../../harness/views/playground/actions.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import { recordingsOf } from "../../../../harness/views/playground/recording.ts";
import { fresh, old } from "./setups.ts";

test("a press that a setup refuses is in its recording, with the reason", () => {
  const playground = new Playground({ environment: "dev", seed: 1, setups: [fresh, old] });
  const action = actionOf("dns-down");
  const [side] = playground.sides;
  if (!action || !side) throw new Error("there is no such button, or no setup");
  side.skip(action, side.refusalOf(action) ?? "");
  const [before, after] = recordingsOf(playground);
  expect(before?.steps).toEqual([
    expect.objectContaining({ title: "DNS outage", skipped: action.notInOldSetup }),
  ]);
  expect(after?.steps).toEqual([]);
});
