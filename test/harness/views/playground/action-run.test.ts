import { expect, test } from "vitest";
import { ActionRun } from "../../../../harness/views/playground/action-run.ts";

test.each(["over", "interrupted"] as const)("a run counts until it is %s", (end) => {
  const cost = { sent: 6, failed: 3, away: 400, redisStarts: 1 };
  const since: number[] = [];
  const run = new ActionRun("Kill Redis", (time) => {
    since.push(time);
    return { ...cost };
  });
  run.enter("recovering");
  expect([run.phase, run.cost]).toEqual(["recovering", cost]);
  run.enter(end);
  const ended = { ...cost };
  cost.failed += 100;
  expect([run.phase, run.cost]).toEqual([end, ended]);
  // In a recording it ends when it is over, not when the next one begins.
  expect(run.step).toEqual({ title: "Kill Redis", at: run.at, until: run.since, impact: ended });
  expect(new Set(since)).toEqual(new Set([run.at]));
});

test("a failed repair does not end a run; a failed run has a reason and no cost", () => {
  const run = new ActionRun("Freeze Redis", () => ({ sent: 0, failed: 0, away: 0 }));
  run.enter("lasting");
  run.note("the host was replaced");
  expect([run.phase, run.error]).toEqual(["lasting", "the host was replaced"]);
  run.fail("no Redis is running");
  expect([run.phase, run.error]).toEqual(["failed", "no Redis is running"]);
  expect(run.step).toMatchObject({ title: "Freeze Redis", skipped: "no Redis is running" });
  expect(run.step).not.toHaveProperty("impact");
});
