import { expect, it } from "vitest";
import { type Count, checkCounts } from "../../../../studies/bench/figures/waits.ts";

const inUse = { SRV: 10, A: 10, AAAA: 10 };
const original: Count = { connects: 10, waited: 10, ttls: 1, inUse, atRest: {} };

it("accepts complete counts of the original dialer", () => {
  expect(() => checkCounts(original)).not.toThrow();
});

it.each<[Partial<Count>, string]>([
  [{ waited: 9 }, "9 waits"],
  [{ inUse: {} }, "0 SRV queries"],
  [{ inUse: { SRV: 10, A: 10 } }, "0 AAAA queries"],
])("fails the run if a count of the original dialer is too low: %j", (change, missed) => {
  expect(() => checkCounts({ ...original, ...change })).toThrow(
    `the original: counted ${missed} in 10 connects`,
  );
});
