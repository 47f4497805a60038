import { expect, test } from "vitest";
import { BEGAN, requestsOf } from "../report/sample.ts";
import {
  requestLines,
  waitInWords,
  waitLines,
} from "../../../../harness/views/timeline/traffic-words.ts";
import { timeScale } from "../../../../harness/views/timeline/time-scale.ts";
import { totalsOf, trafficOf } from "../../../../harness/views/timeline/traffic.ts";

test("requests are counted in the second in which they were sent, up to the end", () => {
  const traffic = trafficOf(requestsOf(4, [1, 1.5]), BEGAN, BEGAN + 3_500);
  expect(traffic.map(({ served, failed }) => [served, failed])).toEqual([
    [10, 0],
    [5, 5],
    [10, 0],
    [5, 0],
  ]);
  expect(traffic[0]?.median?.milliseconds).toBeCloseTo(5);
  expect(traffic.at(-1)).toMatchObject({ from: BEGAN + 3_000, to: BEGAN + 3_500 });
});

test("a second without a success has the waits of users who were not served", () => {
  const [first] = trafficOf(requestsOf(1, [0, 1]), BEGAN, BEGAN + 1_000);
  expect(first).toMatchObject({
    served: 0,
    failed: 10,
    median: { milliseconds: 500, isAtLeast: true },
    longest: { milliseconds: 1_000, isAtLeast: true },
  });
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

test("the chart's text groups equal seconds", () => {
  const scale = timeScale({ from: BEGAN, to: BEGAN + 10_000 });
  const traffic = trafficOf(requestsOf(10, [4, 6.5]), BEGAN, BEGAN + 10_000);
  expect(requestLines(traffic, scale)).toEqual([
    "0.0 s to 4.0 s: 0 of 40 failed",
    "4.0 s to 6.0 s: 20 of 20 failed",
    "6.0 s to 7.0 s: 5 of 10 failed",
    "7.0 s to 10.0 s: 0 of 30 failed",
  ]);
  expect(waitLines(traffic, scale)[1]).toBe("4.0 s to 6.0 s: up to 2.50 s");
  expect(waitInWords(traffic, scale)).toBe(
    "wait for the first success: the longest is 2.50 s, from 4.0 s on",
  );
  expect(waitInWords([], scale)).toBe("wait for the first success: no users");
});
