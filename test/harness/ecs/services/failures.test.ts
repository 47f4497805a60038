import { describe, expect, it } from "vitest";
import {
  circuitBreakerThreshold,
  restartDelay,
} from "../../../../harness/ecs/services/failures.ts";

describe("circuitBreakerThreshold", () => {
  it.each([
    [1, 3],
    [6, 3],
    [7, 4],
    [1000, 200],
  ])("of %i desired tasks is %i", (desired, threshold) => {
    expect(circuitBreakerThreshold(desired)).toBe(threshold);
  });
});

describe("restartDelay", () => {
  it("doubles from 1 s up to 15 minutes", () => {
    expect([0, 1, 2, 3, 10, 11, 500].map(restartDelay)).toEqual([
      0, 1000, 2000, 4000, 512_000, 900_000, 900_000,
    ]);
  });
});
