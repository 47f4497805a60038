import { describe, expect, it } from "vitest";
import {
  circuitBreakerThreshold,
  throttleDelay,
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

describe("throttleDelay", () => {
  it("doubles from 1 s up to 27 minutes", () => {
    expect([0, 1, 2, 3, 11, 12, 500].map(throttleDelay)).toEqual([
      0, 1000, 2000, 4000, 1_024_000, 1_620_000, 1_620_000,
    ]);
  });
});
