import { expect, it } from "vitest";
import { analyse } from "../../../../harness/upgrade/analyse.ts";
import { upgradeReport } from "../../../../harness/views/terminal/upgrade-report.ts";
import { APP_RELEASE, NOTHING, withOtherFileSystem } from "../../upgrade/support/plans.ts";

const reportOf = async (plan: object): Promise<string[]> =>
  upgradeReport(await analyse(plan, "stg"), 300).split("\n");

it("says first what happens to Redis, worst first, and then lists the resources", async () => {
  const lines = await reportOf(withOtherFileSystem());
  expect(lines[1]).toMatch(/^✗ /);
  expect(lines[2]).toContain("aws_efs_file_system.storage_efs: ");
  const first = lines.findIndex((line) => /storage_efs +replaced +encrypted$/.test(line));
  expect(first).toBeGreaterThan(lines.findIndex((line) => line.includes("1 changed in place")));
});

it("of an app release and of a plan without changes is safe", async () => {
  expect((await reportOf(APP_RELEASE))[1]).toMatch(/^✓ /);
  const lines = await reportOf(NOTHING);
  expect(lines[1]).toMatch(/^✓ /);
  expect(lines).toContain(`${NOTHING.resource_changes.length} unchanged`);
});

it("shows no control characters of a plan", async () => {
  const summary = await analyse(APP_RELEASE, "stg\u001b[2J");
  const drifted = ["aws_vpc.x\r\u001b[1A"];
  const report = upgradeReport({ ...summary, drifted }, 80);
  for (const sequence of ["\u001b[2J", "\u001b[1A", "\r"]) expect(report).not.toContain(sequence);
});
