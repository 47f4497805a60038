import { expect, it } from "vitest";
import { secondsOf } from "../../../stacks/rules/terraform-duration.ts";

it.each([
  ["46m", 2760],
  ["2h", 7200],
  ["90s", 90],
  ["1h30m", 5400],
  ["1h0m0.5s", 3600.5],
  ["1.5h", 5400],
  [".5h", 1800],
  ["10h10m", 36_600],
  ["900ms", 0.9],
  ["1s500ms", 1.5],
  ["250000us", 0.25],
  ["250000µs", 0.25],
  ["500000000ns", 0.5],
])("converts %s to %d seconds", (duration, seconds) => {
  expect(secondsOf(duration)).toBeCloseTo(seconds, 9);
});

it.each(["", "0", "90", "m", "-90m", "1h30", "1h 30m", "1d", "1.2.3s", "1h,30m", undefined])(
  "returns NaN for %o",
  (duration) => {
    expect(secondsOf(duration)).toBeNaN();
  },
);
