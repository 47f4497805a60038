import { expect } from "vitest";
import { type Change, judged } from "./plans.ts";

/** A plan that must be refused: what was forged, how, and a part of the reason. */
export type Forged = readonly [what: string, change: Change, reason: string | RegExp];

/** Fails unless the recorded release is refused after the change, and the output has the reason. */
export function expectRefused(change: Change, reason: string | RegExp): void {
  const { exit, said } = judged(change);
  expect(said).toMatch(reason);
  expect(exit).toBe(1);
}
