import { expect, test } from "vitest";
import { ActionRun } from "../../../../harness/views/playground/action-run.ts";

test.each(["over", "interrupted"] as const)("a run counts until it is %s", (end) => {
  const totals = { served: 5, failed: 1, redisStarts: 0, appStarts: 2 };
  const run = new ActionRun(() => ({ ...totals }));
  Object.assign(totals, { served: 7, failed: 4, redisStarts: 1 });
  run.enter("recovering");
  const effect = { served: 2, failed: 3, redisStarts: 1, appStarts: 0 };
  expect([run.phase, run.effect]).toEqual(["recovering", effect]);
  run.enter(end);
  totals.failed += 100;
  expect([run.phase, run.effect]).toEqual([end, effect]);
});

test("a failed repair does not end a run; a failed run has a reason", () => {
  const run = new ActionRun(() => ({ served: 0, failed: 0, redisStarts: 0, appStarts: 0 }));
  run.enter("lasting");
  run.note("the host was replaced");
  expect([run.phase, run.error]).toEqual(["lasting", "the host was replaced"]);
  run.fail("no Redis is running");
  expect([run.phase, run.error]).toEqual(["failed", "no Redis is running"]);
});
