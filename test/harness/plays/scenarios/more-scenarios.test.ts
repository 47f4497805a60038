import { describe, expect, it } from "vitest";
import { tryIsolation } from "../../../../harness/ecs/machine/platform.ts";
import { figureOf, heldIn } from "./held-in.ts";

// A second file, so that both run in parallel.

/** Names of Service Connect require a mount over /etc/hosts. */
const { pidNamespaces } = await tryIsolation({});

describe.concurrent("scenarios", () => {
  it("no DNS: users notice nothing while Redis stays, and the app recovers when it moves", async () => {
    const recording = await heldIn("dns-outage");
    expect(recording.faults.map(({ target }) => target)).toEqual(["down", "down", "nxdomain"]);
  });

  it("a crash needs no new task, a stall no restart, and a bad release fails instead of hanging", async () => {
    const recording = await heldIn("redis-life");
    expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
    const names = recording.faults.map(({ name }) => name);
    expect(names).toEqual(["kill", "freeze", "mountFails"]);
  });

  it("the restore drill: a copy from a backup during a rewrite is loaded in another environment", async () => {
    const recording = await heldIn("restore-drill");
    expect(recording.expectations.length).toBeGreaterThanOrEqual(11);
    expect(figureOf(recording, "time to recover")).toMatch(/ s$/);
  });

  it.runIf(pidNamespaces)(
    "Service Connect: both apps find a moved Redis, and a client that came first does not",
    async () => {
      const recording = await heldIn("service-connect");
      expect(recording.expectations.length).toBeGreaterThanOrEqual(14);
      for (const way of ["SRV records", "Service Connect"]) {
        const found = figureOf(recording, `${way}: Redis started → found`) ?? "";
        expect(found).toMatch(/^\d+\.\d\d s, \d+\.\d\d s, \d+\.\d\d s$/);
      }
      expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
    },
  );
});
