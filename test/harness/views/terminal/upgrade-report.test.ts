import { expect, it } from "vitest";
import type { UpgradeChange } from "../../../../harness/ecs/index.ts";
import { upgradeReport } from "../../../../harness/views/terminal/upgrade-report.ts";

function change(address: string, more: Partial<UpgradeChange>): UpgradeChange {
  return {
    address,
    type: "",
    action: "change",
    arguments: [],
    forcedBy: [],
    isRefused: false,
    ...more,
  };
}

it("an upgrade is told with what to know first, and why each resource changes", () => {
  const report = upgradeReport(
    {
      environment: "dev",
      from: "v1",
      notices: [{ effect: "restarts", address: "a.b", what: "Redis restarts", advice: "wait" }],
      changes: [
        change("a.b", { action: "replace", forcedBy: ["name"] }),
        change("a.c", { action: "replace" }),
        change("a.d", { arguments: ["tags", "cpu"] }),
        change("a.f", { action: "move", from: "a.e" }),
      ],
    },
    200,
  );
  expect(report.split("\n").map((line) => line.replaceAll(/ {2,}/g, "  "))).toEqual([
    "dev, from v1 to this version",
    "! Redis restarts",
    "  a.b: Redis restarts",
    "  → wait",
    "",
    expect.stringMatching(/^a\.b  \S+  name$/),
    expect.stringMatching(/^a\.c  \S+  another change triggers it$/),
    expect.stringMatching(/^a\.d  changed in place  tags, cpu$/),
    expect.stringMatching(/^a\.e → a\.f  \S+$/),
    "",
  ]);
});

it("an upgrade that changes nothing is safe", () => {
  const nothing = { environment: "dev", from: "v1", notices: [], changes: [] };
  expect(upgradeReport(nothing, 80)).toMatch(/\n✓ Redis .*\n\nno resource changes\n$/);
  const later = {
    effect: "none",
    address: "a.b",
    what: "it counts later",
    advice: "wait",
  } as const;
  expect(upgradeReport({ ...nothing, notices: [later] }, 80)).toMatch(/\n✓ Redis /);
});
