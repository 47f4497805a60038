import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readJson } from "../../../stacks/gate/values.ts";
import { PlanError, planIn, readPlan } from "../../../stacks/gate/plan.ts";

const WHY =
  "is not a plan (allowed: JSON with format_version 1.x, planned_values, resource_changes with address, mode, type and change.actions); create it with: terraform show -json saved.plan > plan.json";

describe("a plan", () => {
  it.each([
    ["a list", []],
    ["null", null],
    ["another format", { format_version: "2.0", planned_values: {} }],
    ["a state", { format_version: "1.0", values: {} }],
    [
      "a change without actions",
      { format_version: "1.2", planned_values: {}, resource_changes: [{ address: "a.b" }] },
    ],
  ])("must not be %s; the error names the fields", (_, json) => {
    expect(() => planIn(json, "p.json")).toThrow(`p.json ${WHY}`);
  });

  it("must not have a name that would be dropped unseen", () => {
    const folder = mkdtempSync(join(tmpdir(), "plan-"));
    try {
      const hostile = join(folder, "plan.json");
      const text = String.raw`{"format_version": "1.0", "planned_values": {}, "a": {"\u005f_proto__": {}}}`;
      writeFileSync(hostile, text);
      expect(() => readPlan(hostile)).toThrow(PlanError);
      writeFileSync(hostile, text.replace(/"a".*/, "}").replace(", }", "}"));
      expect(readPlan(hostile).resource_changes).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("must not be a missing file or Terraform's binary plan", () => {
    const folder = mkdtempSync(join(tmpdir(), "plan-"));
    try {
      expect(() => readPlan(join(folder, "none"))).toThrow(/^ENOENT.*none/);
      const saved = join(folder, "saved.plan");
      writeFileSync(saved, "PK\u0003\u0004");
      expect(() => readPlan(saved)).toThrow(`${saved} ${WHY}`);
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
      const recorded = join(import.meta.dirname, "../../support/plans/stg-release.plan.json");
      writeFileSync(written, `\uFEFF${readFileSync(recorded, "utf8")}`, encoding);
      expect(readPlan(written)).toEqual(readPlan(recorded));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it.each([
  '[{"memory":65536,"memory":256}]',
  '[{"environment":[{"name":"A","name":"B"}]}]',
  '{"a":{"__proto__":{}}}',
])("JSON with a field twice, or a name that copies drop, is not read: %s", (text) => {
  expect(() => readJson(text)).toThrow(SyntaxError);
});

it("texts that look like fields are read", () => {
  const json = [{ name: '"x": 1', value: "a:b" }, { name: '\\" : 1' }];
  expect(readJson(JSON.stringify(json, undefined, 2))).toEqual(json);
});
