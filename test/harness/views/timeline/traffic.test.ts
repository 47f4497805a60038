import { expect, test } from "vitest";
import { BEGAN, requestsOf } from "../report/sample.ts";
import { totalsOf, trafficOf } from "../../../../harness/views/timeline/traffic.ts";

test("requests are counted in the second in which they were sent, up to the end", () => {
  const traffic = trafficOf(requestsOf(4, [1, 1.5]), BEGAN, BEGAN + 3_500);
  expect(traffic.map(({ served, failed }) => [served, failed])).toEqual([
    [10, 0],
    [5, 5],
    [10, 0],
    [5, 0],
  ]);
  expect(traffic.at(-1)).toMatchObject({ from: BEGAN + 3_000, to: BEGAN + 3_500 });
});

test("the totals have counts, waits and the longest time without a served user", () => {
  const totals = totalsOf(requestsOf(10, [4, 6]));
  expect(totals).toMatchObject({ served: 80, failed: 20 });
  expect(totals.longestGap).toBeCloseTo(2_100);
  expect(totals.median?.milliseconds).toBeCloseTo(5);
  expect(totals.p99?.milliseconds).toBeCloseTo(1_905);
  expect(totalsOf([])).toEqual({
    served: 0,
    failed: 0,
    median: undefined,
    p99: undefined,
    longestGap: 0,
  });
});

test("users who were never served increase the longest gap and the waits", () => {
  const totals = totalsOf(requestsOf(10, [3, 99]), BEGAN + 20_000);
  expect(totals.longestGap).toBeCloseTo(20_000 - 2_905);
  expect(totals.median).toEqual({ milliseconds: 12_000, isAtLeast: true });
});
