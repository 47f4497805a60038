import { getHeapCodeStatistics } from "node:v8";
import { expect, it } from "vitest";
import { takeSample } from "../../../../harness/soak/clients/sample.ts";

it("a sample counts objects but not compiled code", () => {
  const before = takeSample(6);
  const kept = Array.from({ length: 100_000 }, (_, index) => ({ index }));
  const after = takeSample(6);
  const { code_and_metadata_size: code } = getHeapCodeStatistics();
  expect(after.heap - before.heap).toBeGreaterThan(kept.length * 20);
  expect(process.memoryUsage().heapUsed - after.heap).toBeGreaterThan(code / 2);
  expect(after).toMatchObject({ ready: 6, descriptors: before.descriptors });
});
