import { describe, expect, it } from "vitest";
import { runTarget } from "./run-target.ts";
import { loadTarget } from "./targets.ts";

describe("the targets of fuzz", () => {
  // The others are properties, which are tests of their own parts too.
  it.each([
    ["dns-codec", 300],
    ["dns-sockets", 40],
    ["command", 40],
  ])(
    "%s takes a few inputs, and finds nothing",
    async (name, inputs) => {
      const { signal } = new AbortController();
      const report = await runTarget({ name, seed: 1, inputs, signal });
      expect(report).toMatchObject({ inputs, failures: [] });
      expect(Object.keys(report.figures)).toContain("MiB resident");
      expect(Object.values(report.figures)).not.toContain(null);
    },
    60_000,
  );

  it.each([
    [9, false],
    [300, true],
  ])("of %d inputs tell how much memory grew: %s", async (inputs, isTold) => {
    const { signal } = new AbortController();
    const { figures } = await runTarget({ name: "dns-codec", seed: 1, inputs, signal });
    expect("MiB grown" in figures).toBe(isTold);
  });

  it("are refused by a name that none has", async () => {
    await expect(loadTarget("dns")).rejects.toThrow("there is no target dns");
  });
});
