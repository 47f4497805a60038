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
  };
}

export interface RecordedPlan {
  [field: string]: unknown;
  resource_changes: RecordedChange[];
  configuration: {
    root_module: { resources: { address: string; expressions?: Record<string, unknown> }[] };
  };
}

const RELEASE = new URL("../../../support/plans/stg-release.plan.json", import.meta.url);

/** The last variable of the app's container, and the one of a rehearsed release. */
const LAST = '{"name":"REDIS_URL","value":"redis+srv://stg-redis.stg-ecs"}';
const RELEASED = `${LAST},{"name":"REHEARSAL","value":"release"}`;

/**
 * A plan of stg: the first one, a second one without changes, or a release of the app. A release with another image was
 * recorded with the real provider; all are derived from it.
 *
 * @param isEmulated with what the emulator needs
 */
export function recorded(which: "first" | "second" | "release", isEmulated = true): RecordedPlan {
  const text = readFileSync(RELEASE, "utf8").replaceAll("app:emulated-release", "app:1.0.0");
  const plan = { ...(JSON.parse(text) as RecordedPlan), planned_values: {} };
  for (const { address, expressions = {} } of plan.configuration.root_module.resources) {
    if (which === "release" && address === "aws_ecs_task_definition.app_task_definition") {
      release(expressions["container_definitions"], "constant_value");
    }
    if (!isEmulated || !address.startsWith("aws_ecs_service.")) continue;
    expressions["wait_for_steady_state"] = { constant_value: false };
    expressions["network_configuration"] = [{ subnets: { constant_value: ["subnet-00000000"] } }];
  }
  for (const { address, type, change } of plan.resource_changes) {
    for (const state of isEmulated && type === "aws_ecs_service"
      ? [change.before, change.after]
      : []) {
      const network_configuration = [{ subnets: ["subnet-00000000"] }];
      Object.assign(state ?? {}, { wait_for_steady_state: false, network_configuration });
    }
    if (which === "first") Object.assign(change, { actions: ["create"], before: null });
    if (which === "second") {
      Object.assign(change, { actions: ["no-op"], after: change.before, after_unknown: {} });
    }
    if (which === "release" && address === "aws_ecs_task_definition.app_task_definition") {
      release(change.after, "container_definitions");
    }
  }
  return plan;
}

function release(state: unknown, field: string): void {
  const own = state as Record<string, string>;
  own[field] = String(own[field]).replace(LAST, RELEASED);
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
