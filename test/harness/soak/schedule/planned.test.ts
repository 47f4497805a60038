import { expect, test } from "vitest";
import { planned } from "../../../../harness/soak/schedule/planned.ts";
import { scheduleOf } from "../../../../harness/soak/schedule/schedule.ts";

test("a minute has ten rounds, and none begins after it", () => {
  expect(planned(1, { minutes: 2 })).toEqual({ rounds: scheduleOf(1, 20), within: 120_000 });
});

test("a number of moves has no time limit", () => {
  expect(planned(1, { moves: 7 })).toEqual({ rounds: scheduleOf(1, 7), within: Infinity });
});
