import { describe, expect, it } from "vitest";
import { ignoreKnownDiffs } from "../../../tools/emulated/ignore-known-diffs.ts";
import type { KnownDiff } from "../../../tools/emulated/known-diffs.ts";
import { type Plan, planIn } from "../../../stacks/gate/plan.ts";

const DRAINING: KnownDiff = {
  type: "aws_ecs_capacity_provider",
  argument: "auto_scaling_group_provider.0.managed_draining",
  reason: "",
};
const ROLE: KnownDiff = { type: "aws_flow_log", argument: "iam_role_arn", reason: "" };
const LIST = [DRAINING, ROLE];

type Change = Partial<Plan["resource_changes"][number]["change"]>;

function plan(type: string, change: Change): Plan {
  const resource = { address: `${type}.a`, mode: "managed", type, change };
  return planIn(
    { format_version: "1.2", planned_values: {}, resource_changes: [resource] },
    "plan",
  );
}

/** The actions of a plan's only resource without known differences, and the ignored differences. */
function filtered(type: string, change: Change) {
  const { plan: result, ignored } = ignoreKnownDiffs(plan(type, change), LIST);
  return { actions: result.resource_changes[0]?.change.actions, ignored };
}

const provider = (draining: string | [], target = 100) => ({
  auto_scaling_group_provider: [{ managed_draining: draining, target_capacity: target }],
});

describe("a plan without known differences", () => {
  it("has no change of a resource with only known differences", () => {
    const change = {
      actions: ["update" as const],
      before: provider(""),
      after: provider("ENABLED"),
    };
    const { actions, ignored } = filtered("aws_ecs_capacity_provider", change);
    expect(actions).toEqual(["no-op"]);
    expect(ignored).toEqual([{ address: "aws_ecs_capacity_provider.a", entry: DRAINING }]);
  });

  it("keeps other changes of the same resource", () => {
    const { plan: result } = ignoreKnownDiffs(
      plan("aws_ecs_capacity_provider", {
        actions: ["update"],
        before: provider(""),
        after: provider("ENABLED", 90),
      }),
      LIST,
    );
    expect(result.resource_changes[0]?.change).toMatchObject({
      actions: ["update"],
      before: provider("ENABLED"),
      after: provider("ENABLED", 90),
    });
  });

  it.each<[string, Change["replace_paths"], readonly string[]]>([
    ["ignores a replacement that only a known difference forces", [["iam_role_arn"]], ["no-op"]],
    [
      "keeps one that another argument forces too",
      [["iam_role_arn"], ["vpc_id"]],
      ["delete", "create"],
    ],
    ["keeps one without replace_paths", undefined, ["delete", "create"]],
  ])("%s", (_title, replace_paths, wanted) => {
    const change: Change = {
      actions: ["delete", "create"],
      before: { iam_role_arn: "", id: "fl-1" },
      after: { iam_role_arn: "arn:aws:iam::1:role/a" },
      after_unknown: { id: true },
      ...(replace_paths !== undefined && { replace_paths }),
    };
    expect(filtered("aws_flow_log", change).actions).toEqual(wanted);
  });
});
