import { expect, it } from "vitest";
import { readPlannedChanges } from "../../../../../harness/ecs/index.ts";

const TYPE = "aws_efs_file_system";

/** A plan with one resource. */
const planOf = (change: object, more: object = {}) => ({
  format_version: "1.2",
  planned_values: {},
  resource_changes: [
    { address: `${TYPE}.a`, mode: "managed", type: TYPE, name: "a", ...more, change },
  ],
});

it.each<[action: string, actions: readonly string[], more: object]>([
  ["create", ["create"], {}],
  ["change", ["update"], {}],
  ["destroy", ["delete"], {}],
  ["replace", ["delete", "create"], {}],
  ["replace", ["create", "delete"], {}],
  ["forget", ["forget"], {}],
  ["forget", ["create", "forget"], {}],
  ["move", ["no-op"], { previous_address: `${TYPE}.old` }],
  ["change", ["update"], { previous_address: `${TYPE}.old` }],
])("a change is %s: %j %j", async (action, actions, more) => {
  const { changes, unchanged } = await readPlannedChanges(planOf({ actions }, more));
  expect(changes).toMatchObject([{ address: `${TYPE}.a`, action }]);
  expect(changes[0]?.from).toBe("previous_address" in more ? `${TYPE}.old` : undefined);
  expect(unchanged).toEqual([]);
});

it("an import changes nothing in AWS, and a resource without a change is unchanged", async () => {
  const imported = await readPlannedChanges(
    planOf({ actions: ["no-op"], importing: { id: "fs-1" } }),
  );
  expect(imported.changes).toMatchObject([{ action: "import" }]);
  const values = { id: "fs-1" };
  const same = await readPlannedChanges(planOf({ actions: ["no-op"], before: values }));
  expect(same).toMatchObject({ changes: [], unchanged: [{ address: `${TYPE}.a`, values }] });
});

it("a replacement has the arguments that force it, each once, or Terraform's reason", async () => {
  const actions = ["delete", "create"];
  const paths = [["encrypted"], ["lifecycle_policy", 0], ["lifecycle_policy", 1]];
  const forced = await readPlannedChanges(planOf({ actions, replace_paths: paths }));
  expect(forced.changes[0]?.arguments).toEqual(["encrypted", "lifecycle_policy"]);
  const asked = await readPlannedChanges(
    planOf({ actions }, { action_reason: "replace_because_tainted" }),
  );
  expect(asked.changes[0]?.arguments).toEqual(["tainted"]);
});

it("a change in place has the arguments that differ or are not known yet", async () => {
  const change = {
    actions: ["update"],
    before: { same: [1], other: 1, gone: "x", none: null, list: [{ a: 1 }] },
    after: { same: [1], other: 2, list: [{}] },
    after_unknown: { list: [{ a: true }], same: [false] },
  };
  const { changes } = await readPlannedChanges(planOf(change));
  expect(changes[0]?.arguments.toSorted()).toEqual(["gone", "list", "other"]);
});

it("what an earlier replacement left behind is not the resource that runs", async () => {
  const plan = planOf({ actions: ["delete"] }, { deposed: "00000001" });
  const { changes } = await readPlannedChanges(plan);
  expect(changes).toMatchObject([{ action: "destroy", type: "deposed" }]);
});

it("lists what was changed outside of Terraform", async () => {
  const drift = planOf({ actions: ["update"] }).resource_changes;
  const { drifted } = await readPlannedChanges({
    ...planOf({ actions: ["no-op"] }),
    resource_drift: drift,
  });
  expect(drifted).toEqual([`${TYPE}.a`]);
});

it("refuses a state, which has no changes", async () => {
  const state = { format_version: "1.0", values: { root_module: {} } };
  await expect(readPlannedChanges(state)).rejects.toMatchObject({ code: "ERR_TEMPLATE" });
});
