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

it("waits for DNS only in the first of 120 dials with refresh-ahead, and in one of ten without", async () => {
  const [ahead, without] = [
    await simulateSteady(of),
    await simulateSteady({ ...of, prefetch: false }),
  ];
  expect(ahead.waited).toBeCloseTo(1 / 120, 3);
  // The TTL is ten seconds.
  expect(without.waited).toBeCloseTo(1 / 10, 2);
  expect(ahead.queries).toBeGreaterThan(without.queries);
});
