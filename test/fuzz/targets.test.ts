import { describe, expect, it } from "vitest";
import { runTarget } from "./run-target.ts";
import { loadTarget } from "./targets.ts";

describe("the targets of fuzz", () => {
  // The others are properties, which are tests of their own parts too.
  it.each([
    ["dns-codec", 300, true],
    // Too few for a word of progress, at which the memory is looked at.
    ["dns-codec", 9, false],
    ["dns-sockets", 40, false],
    ["command", 40, true],
  ])(
    "%s takes %d inputs, and finds nothing; whether it tells how much memory grew: %s",
    async (name, inputs, isTold) => {
      const { signal } = new AbortController();
      const report = await runTarget({ name, seed: 1, inputs, signal });
      expect(report).toMatchObject({ inputs, failures: [] });
      expect(Object.keys(report.figures)).toContain("MiB resident");
      expect(Object.values(report.figures)).not.toContain(null);
      expect("MiB grown" in report.figures).toBe(isTold);
    },
    60_000,
  );

  it("are refused by a name that none has", async () => {
    await expect(loadTarget("dns")).rejects.toThrow("there is no target dns");
  });
});
