import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkSaved, readSaved } from "../../../../../harness/ecs/terraform/saved/format.ts";
import { content, definition, firstPlan, recorded, templatesOf } from "./fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "saved-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SHOW = "`terraform show -json FILE > plan.json`";

it.each([
  ["that is not JSON", "resource {}", "is not JSON: "],
  [
    "in Terraform's own form",
    "PK\u0003\u0004rest",
    `is a plan in Terraform's binary format: run ${SHOW}`,
  ],
  [
    "that is the log of a plan",
    '{"@level":"info"}\n{"@level":"info"}',
    "is the log of `terraform plan",
  ],
  ["that is a list", "[]", "is neither a plan nor a state"],
  ["that is something else", '{"resource": {}}', "is neither a plan nor a state: write it with"],
  ["that is a raw state", '{"version": 4, "serial": 1, "lineage": ""}', "is a raw Terraform state"],
  ["of another format", '{"format_version": "2.0"}', "format_version 2.0"],
  ["without values", '{"format_version": "1.2"}', "has neither planned_values nor values"],
  [
    "of a plan that failed",
    '{"format_version": "1.2", "errored": true}',
    "could not finish this plan",
  ],
  [
    "whose resources are not a list",
    '{"format_version": "1.2", "planned_values": {}, "resource_changes": {}}',
    "resource_changes: Invalid input: expected array",
  ],
])("a file %s is refused with the command to run", async (_what, text, says) => {
  const file = join(folder, "plan.json");
  writeFileSync(file, text);
  await expect(readSaved(file)).rejects.toThrow(says);
});

it("a missing file is refused", async () => {
  await expect(readSaved("/nowhere/plan.json")).rejects.toThrow("cannot read /nowhere/plan.json");
});

it("a plan and a state are accepted", async () => {
  expect(checkSaved("plan", content("handwritten-split.plan")).values).toBeUndefined();
  expect((await readSaved(recorded("handwritten-split.state"))).values).toBeDefined();
});

it("a plan without services is refused", async () => {
  await expect(templatesOf(firstPlan(definition("app")))).rejects.toThrow(
    "the plan has no aws_ecs_service",
  );
});

it("ephemeral resources, which OpenTofu 1.11 lists in a plan, are ignored", () => {
  const plan = content("handwritten-split.plan") as { resource_changes: object[] };
  const ephemeral = {
    address: "ephemeral.random_password.redis",
    mode: "ephemeral",
    type: "random_password",
    name: "redis",
    change: { actions: ["open"], before: null },
  };
  const changes = [...plan.resource_changes, ephemeral];
  expect(checkSaved("plan", { ...plan, resource_changes: changes })).toEqual(
    checkSaved("plan", plan),
  );
});

it.each<[string, (text: string) => Buffer]>([
  ["UTF-16, as PowerShell's > writes it", (text) => Buffer.from(`\uFEFF${text}`, "utf16le")],
  ["UTF-8 with a byte order mark", (text) => Buffer.from(`\uFEFF${text}`, "utf8")],
])("a plan in %s is accepted", async (_what, bytes) => {
  const file = join(folder, "windows.json");
  writeFileSync(file, bytes(JSON.stringify(content("handwritten-split.plan"))));
  expect(await readSaved(file)).toEqual(checkSaved("plan", content("handwritten-split.plan")));
});
