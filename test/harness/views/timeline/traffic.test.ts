import { expect, test } from "vitest";
import { BEGAN, requestsOf } from "../report/sample.ts";
import { totalsOf, trafficOf } from "../../../../harness/views/timeline/traffic.ts";

test("requests are counted in the second in which they end", () => {
  const traffic = trafficOf(requestsOf(4, [1, 1.5]), BEGAN, BEGAN + 3_500);
  expect(traffic.map(({ served, failed }) => [served, failed])).toEqual([
    [10, 0],
    [5, 5],
    [10, 0],
    [10, 0],
  ]);
  expect(traffic[0]?.median).toBeCloseTo(5);
  expect(traffic.at(-1)).toMatchObject({ from: BEGAN + 3_000, to: BEGAN + 3_500 });
});

test("a second in which nothing was served has no latency", () => {
  const [first] = trafficOf(requestsOf(1, [0, 1]), BEGAN, BEGAN + 1_000);
  expect(first).toMatchObject({ served: 0, failed: 10, median: undefined, slowest: undefined });
});

test("the whole has its counts, latencies and the longest time without a served request", () => {
  expect(totalsOf(requestsOf(10, [4, 6]))).toMatchObject({ served: 80, failed: 20 });
  expect(totalsOf(requestsOf(10, [4, 6])).longestGap).toBeCloseTo(2_100);
  expect(totalsOf([])).toEqual({
    served: 0,
    failed: 0,
    median: undefined,
    p99: undefined,
    longestGap: 0,
  });
});
