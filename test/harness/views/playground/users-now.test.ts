import { expect, test } from "vitest";
import { endedSince, verdictOf } from "../../../../harness/views/playground/users-now.ts";

test.each([
  [{ served: 0, failed: 0, waiting: 0 }, "absent"],
  [{ served: 20, failed: 0, waiting: 0 }, "served"],
  [{ served: 20, failed: 0, waiting: 3 }, "waiting"],
  [{ served: 20, failed: 1, waiting: 3 }, "failing"],
  [{ served: 0, failed: 20, waiting: 0 }, "none"],
  // Requests fail only after the users' timeout.
  [{ served: 0, failed: 0, waiting: 40 }, "none"],
])("of %j the verdict is %s", (users, verdict) => {
  expect(verdictOf(users)).toBe(verdict);
});

test("the requests since a time are those that ended at or after it", () => {
  const requests = [10, 20, 20, 30].map((endedAt) => ({ sentAt: 0, endedAt, status: 200 }));
  const ends = (time: number): number[] => endedSince(requests, time).map((each) => each.endedAt);
  expect(ends(0)).toEqual([10, 20, 20, 30]);
  expect(ends(20)).toEqual([20, 20, 30]);
  expect(ends(31)).toEqual([]);
});
