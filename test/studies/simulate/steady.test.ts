import { expect, it } from "vitest";
import { AWS } from "../../../studies/simulate/assumptions.ts";
import { simulateSteady } from "../../../studies/simulate/steady.ts";

const of = {
  clients: 2,
  perHost: 2,
  seed: 1,
  cloudMap: 0,
  pace: "own",
  prefetch: true,
  assumptions: AWS,
} as const;

it("with refresh-ahead only the first of 120 dials of a client waits for DNS, without it one of ten", async () => {
  const [ahead, without] = [
    await simulateSteady(of),
    await simulateSteady({ ...of, prefetch: false }),
  ];
  expect(ahead.waited).toBeCloseTo(1 / 120, 3);
  // The records live for ten seconds.
  expect(without.waited).toBeCloseTo(1 / 10, 2);
  expect(ahead.queries).toBeGreaterThan(without.queries);
});
