import { expect, test } from "vitest";
import { minimal } from "../../../../harness/soak/history/minimal.ts";

const numbers = Array.from({ length: 1_000 }, (_, index) => index);

test("keeps the items that a failure needs, in order, with few tries", () => {
  let tries = 0;
  const needed = [3, 500, 501, 999];
  const left = minimal(numbers, (part) => {
    tries += 1;
    return needed.every((each) => part.includes(each));
  });
  expect(left).toEqual(needed);
  expect(tries).toBeLessThan(150);
});

test("keeps nothing if nothing is needed, and everything if all is", () => {
  expect(minimal(numbers, () => true)).toEqual([]);
  const few = numbers.slice(0, 5);
  expect(minimal(few, (part) => part.length === few.length)).toEqual(few);
});
