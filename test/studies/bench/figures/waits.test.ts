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

it("waits and queries are counted when those of the original are", () => {
  expect(() => checkCounts(original)).not.toThrow();
});

it.each<[Partial<Count>, string]>([
  [{ waited: 9 }, "9 waits"],
  [{ inUse: {} }, "0 SRV queries"],
  [{ inUse: { SRV: 10, A: 10 } }, "0 AAAA queries"],
])("a count that misses one of the original fails the run: %j", (change, missed) => {
  expect(() => checkCounts({ ...original, ...change })).toThrow(
    `resolveSrv + net.connect: ${missed} were counted in 10 connects`,
  );
});
