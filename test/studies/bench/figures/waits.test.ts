import { expect, it } from "vitest";
import { type Count, checkCounts } from "../../../../studies/bench/figures/waits.ts";

const original: Count = {
  contestant: "resolveSrv + net.connect",
  connects: 10,
  waited: 10,
  ttls: 1,
  inUse: { SRV: 10, A: 10, AAAA: 10 },
  atRest: {},
};

it("accepts complete counts of the original dialer", () => {
  expect(() => checkCounts(original)).not.toThrow();
});

it.each<[Partial<Count>, string]>([
  [{ waited: 9 }, "9 waits"],
  [{ inUse: {} }, "0 SRV queries"],
  [{ inUse: { SRV: 10, A: 10 } }, "0 AAAA queries"],
])("fails the run if a count of the original dialer is too low: %j", (change, missed) => {
  expect(() => checkCounts({ ...original, ...change })).toThrow(
    `resolveSrv + net.connect: counted ${missed} in 10 connects`,
  );
});
