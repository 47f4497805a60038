import { expect, it } from "vitest";
import { upgradeReport } from "../../../../harness/views/terminal/upgrade-report.ts";

it("an upgrade without changes is safe", () => {
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
