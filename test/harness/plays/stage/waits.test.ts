import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RecordedRequest } from "../../../../harness/plays/stage/recording.ts";
import { waitsOf } from "../../../../harness/plays/stage/waits.ts";

const request = (sentAt: number, endedAt: number, status: number): RecordedRequest => ({
  sentAt,
  endedAt,
  status,
});

test("the user of a failed request waits until the first success after the failure", () => {
  const requests = [
    request(0, 5, 200),
    request(10, 20, 503),
    // It was sent before the failure, so it is not the retry.
    request(15, 40, 200),
    request(30, 31, 503),
    request(50, 90, 200),
    request(60, 70, 200),
  ];
  const waits = waitsOf(requests, 100);
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([5, 60, 25, 40, 40, 10]);
  expect(waits.some(({ isAtLeast }) => isAtLeast)).toBe(false);
});

test("a request without a later success waits at least until the end", () => {
  const requests = [request(0, 5, 200), request(10, 20, 503), request(80, 130, 0)];
  expect(waitsOf(requests, 100).slice(1)).toEqual([
    { milliseconds: 90, isAtLeast: true },
    { milliseconds: 50, isAtLeast: true },
  ]);
});

test("a wait is at least the request's duration and at most the time until the end", () => {
  const requests = fc.array(
    fc
      .tuple(fc.nat(100), fc.nat(20), fc.constantFrom(0, 200, 503))
      .map(([sentAt, took, status]) => request(sentAt, sentAt + took, status)),
  );
  fc.assert(
    fc.property(requests, (all) => {
      for (const [index, { milliseconds }] of waitsOf(all, 120).entries()) {
        const { sentAt, endedAt } = all[index] ?? request(0, 0, 0);
        expect(milliseconds).toBeGreaterThanOrEqual(endedAt - sentAt);
        expect(milliseconds).toBeLessThanOrEqual(120 - sentAt);
      }
    }),
  );
});
