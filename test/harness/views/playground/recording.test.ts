import { expect, test } from "vitest";
import { oldSetup } from "../../../../harness/plays/setups/old-setup.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import { recordingsOf } from "../../../../harness/views/playground/recording.ts";

test("an action ends when it is done, not when the next one begins", () => {
  const playground = new Playground({
    environment: "dev",
    seed: 1,
    setups: [{ id: "old", setup: oldSetup() }],
  });
  const at = playground.startedAt;
  playground.sides[0]?.steps.push(
    { title: "First deploy", at, endedAt: at + 6 },
    { title: "Deploy app", at: at + 40 },
  );
  const [recording] = recordingsOf(playground);
  expect(recording?.steps).toEqual([
    { title: "First deploy", at, until: at + 6 },
    { title: "Deploy app", at: at + 40, until: recording?.endedAt },
  ]);
});
