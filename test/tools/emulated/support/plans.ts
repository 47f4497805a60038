import { readFileSync } from "node:fs";

export interface RecordedChange {
  address: string;
  mode: string;
  type: string;
  change: {
    actions: string[];
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
    after_unknown: Record<string, unknown>;
    replace_paths?: unknown[][];
  };
}

export interface RecordedPlan {
  [field: string]: unknown;
  resource_changes: RecordedChange[];
  configuration: { root_module: { resources: { mode: string }[] } };
}

const RELEASE = new URL("../../../support/plans/stg-release.plan.json", import.meta.url);

/**
 * A plan of stg: the first one, a second one without changes, or a release of the app. The release was recorded with
 * the real provider; the others are derived from it.
 */
export function recorded(which: "first" | "second" | "release"): RecordedPlan {
  const text = readFileSync(RELEASE, "utf8");
  // Before a release, the parameter has the first image.
  const plan = JSON.parse(
    which === "release" ? text : text.replaceAll("app:emulated-release", "app:1.0.0"),
  ) as RecordedPlan;
  // An emulator runs no tasks, so its services do not wait for them.
  const wait = '"wait_for_steady_state":{"constant_value":true}';
  plan.configuration = JSON.parse(
    JSON.stringify(plan.configuration).replaceAll(wait, wait.replace("true", "false")),
  ) as RecordedPlan["configuration"];
  for (const { type, change } of plan.resource_changes) {
    for (const state of type === "aws_ecs_service" ? [change.before, change.after] : []) {
      Object.assign(state ?? {}, { wait_for_steady_state: false });
    }
    if (which === "first") Object.assign(change, { actions: ["create"], before: null });
    if (which === "second") {
      Object.assign(change, { actions: ["no-op"], after: change.before, after_unknown: {} });
    }
  }
  return plan;
}

/** The same plan with an in-place update of one resource, which had other values. */
export function changing(
  plan: RecordedPlan,
  address: string,
  changes: Record<string, unknown>,
): RecordedPlan {
  const found = plan.resource_changes.find((each) => each.address === address);
  if (found === undefined) throw new Error(`the plan has no ${address}`);
  const { change } = found;
  if (change.actions[0] === "no-op") change.actions = ["update"];
  change.before = { ...change.before, ...changes };
  return plan;
}
