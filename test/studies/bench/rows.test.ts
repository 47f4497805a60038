import { expect, it } from "vitest";
import { ratioRow, tableOf, verdictOf } from "../../../studies/bench/rows.ts";

it("shows a ratio of the same rounds with its goal, verdict and both times", () => {
  const row = ratioRow(
    "ours / base",
    [
      [12, 30, 22],
      [10, 20, 20],
    ],
    { most: 1.1 },
  );
  expect(row.value).toBe(1.2);
  expect(tableOf([row]).split("\n").at(-1)).toBe(
    "| ours / base | 1.20 × | 1.15 × to 1.35 × | ≤ 1.10 × | MISSED  | 22 µs / 20 µs |",
  );
});

it("says what could not be measured, which meets no goal", () => {
  const detail = "haproxy is not installed";
  const row = { title: "any", value: null, unit: "×", goal: { most: 9 }, detail };
  expect(verdictOf(row)).toBe("not measured");
  expect(tableOf([row])).toContain(`| not measured | ${detail} |`);
});
