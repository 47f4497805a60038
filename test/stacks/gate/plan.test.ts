import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PlanError, planIn, readPlan } from "../../../stacks/gate/plan.ts";

const how = "; create it with: terraform show -json saved.plan > plan.json";

describe("a plan", () => {
  it.each([
    ["a list", [], "top level: Invalid input: expected object, received array"],
    ["null", null, "top level: Invalid input: expected object, received null"],
    [
      "another format",
      { format_version: "2.0", planned_values: {} },
      "format_version: allowed: 1.x",
    ],
    ["a state", { format_version: "1.0", values: {} }, "planned_values is missing"],
    [
      "an unknown action",
      {
        format_version: "1.2",
        planned_values: {},
        resource_changes: [
          { address: "a.b", mode: "managed", type: "a", change: { actions: ["explode"] } },
        ],
      },
      'resource_changes.0.change.actions.0: Invalid option: expected one of "no-op"|"create"|"read"|"update"|"delete"|"forget"|"open"',
    ],
  ])("must not be %s; the error names the field", (_, json, why) => {
    expect(() => planIn(json, "p.json")).toThrow(
      new PlanError(`p.json is not a plan (${why})${how}`),
    );
  });

  it("must not have a name that would be dropped unseen", () => {
    const folder = mkdtempSync(join(tmpdir(), "plan-"));
    try {
      const hostile = join(folder, "plan.json");
      writeFileSync(hostile, String.raw`{"output_changes": {"\u005f_proto__": {}}}`);
      expect(() => readPlan(hostile)).toThrow(PlanError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("must not be a missing file or Terraform's binary plan", () => {
    const folder = mkdtempSync(join(tmpdir(), "plan-"));
    try {
      expect(() => readPlan(join(folder, "none"))).toThrow(/^cannot read .*none: ENOENT/);
      const saved = join(folder, "saved.plan");
      writeFileSync(saved, "PK\u0003\u0004");
      expect(() => readPlan(saved)).toThrow(new PlanError(`${saved} is not JSON${how}`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ["UTF-16, as PowerShell's > writes it", "utf16le"],
    ["UTF-8 with a byte order mark", "utf8"],
  ] as const)("can be in %s", (_, encoding) => {
    const folder = mkdtempSync(join(tmpdir(), "plan-"));
    try {
      const written = join(folder, "windows.json");
      const recorded = join(import.meta.dirname, "../../support/plans/stg-app-release.plan.json");
      writeFileSync(written, `\uFEFF${readFileSync(recorded, "utf8")}`, encoding);
      expect(readPlan(written)).toEqual(readPlan(recorded));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
