import { expect, test } from "vitest";
import { LARGEST_SEED, randomOf } from "../../../../harness/plays/stage/random.ts";

const draws = (random: () => number): number[] => Array.from({ length: 100 }, random);

test("the same seed and purpose give the same numbers in [0, 1)", () => {
  const first = draws(randomOf(7, "users"));
  expect(draws(randomOf(7, "users"))).toEqual(first);
  expect(first.every((value) => value >= 0 && value < 1)).toBe(true);
});

test("another seed or purpose gives other numbers", () => {
  const first = draws(randomOf(0, "users"));
  for (const other of [
    randomOf(1, "users"),
    randomOf(LARGEST_SEED, "users"),
    randomOf(0, "hosts"),
  ]) {
    expect(draws(other)).not.toEqual(first);
  }
});
