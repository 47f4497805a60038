import { expect, test } from "vitest";
import { inTurn } from "../../../../harness/commands/shared/in-turn.ts";

test("concurrency is limited, and the results are in the order of the items", async () => {
  let [now, most] = [0, 0];
  const results = await inTurn([3, 1, 2, 0], 2, async (turns) => {
    most = Math.max(most, (now += 1));
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
    now -= 1;
    return turns * 10;
  });
  expect(results).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});
