import { describe, expect, it } from "vitest";
import { claimLoopbackBlock } from "../../../../harness/ecs/machine/loopback.ts";

/** Returns the given numbers in turn. */
const drawing =
  (...numbers: number[]): (() => number) =>
  () =>
    numbers.shift() ?? 0.9;

describe("claimLoopbackBlock", () => {
  it("gives two runs different blocks, even if they draw the same one", async () => {
    const first = await claimLoopbackBlock(drawing(0.37, 0.41));
    const second = await claimLoopbackBlock(drawing(0.37, 0.41, 0.38, 0.42));
    try {
      expect(first.prefix).toMatch(/^127\.\d+\.\d+\.$/);
      expect(second.prefix).not.toBe(first.prefix);
    } finally {
      first.release();
      second.release();
    }
  });
});
