import { describe, expect, it } from "vitest";
import { expectRefused, type Forged } from "./support/forged.ts";
import {
  after,
  APP,
  type Change,
  create,
  type Draft,
  find,
  judged,
  REDIS,
  REDIS_SERVICE,
  SERVICE,
  update,
} from "./support/plans.ts";

// The release of stg with other changes than those of a release.

const action = (draft: Draft, address: string, ...actions: string[]): void => {
  find(draft, address).change.actions = actions;
};

const without = (draft: Draft, address: string): void => {
  draft.resource_changes = draft.resource_changes.filter((each) => each.address !== address);
};

const planned = (draft: Draft, address: string, values: object): void => {
  draft["planned_values"] = { root_module: { resources: [{ address, values }] } };
};

const others: Forged[] = [
  [
    "a new revision of Redis",
    (draft) => action(draft, REDIS, "delete", "create"),
    /✗ \S+redis_task_definition +replace.*\n +not the app's resource/,
  ],
  [
    "a change of Redis' service",
    (draft) => update(draft, REDIS_SERVICE, { desired_count: 2 }),
    /✗ \S+redis_service +update: desired_count\n +not the app's resource/,
  ],
  [
    "a new rule of a security group",
    (draft) =>
      create(draft, "aws_vpc_security_group_ingress_rule.open", { cidr_ipv4: "0.0.0.0/0" }),
    /✗ \S+ingress_rule\.open +create\n +not the app's resource/,
  ],
  [
    "a change of a task definition of the app's family at another address",
    (draft) => {
      create(draft, "aws_ecs_task_definition.copy", { family: "stg-app", cpu: "2" }, "update");
      find(draft, "aws_ecs_task_definition.copy").change.before = { family: "stg-app", cpu: "1" };
    },
    /✗ aws_ecs_task_definition\.copy +update: cpu\n +not the app's resource/,
  ],
  [
    "the app's service replaced",
    (draft) => action(draft, SERVICE, "create", "delete"),
    "a release does not replace the app's service",
  ],
  [
    "the app's task definition forgotten and created again",
    (draft) => action(draft, APP, "create", "forget"),
    "a release does not forget the task definitions of the app",
  ],
  [
    "an import",
    (draft) => (find(draft, SERVICE).change.importing = { id: "stg/stg-app" }),
    "a release does not import the app's service",
  ],
  [
    "a move",
    (draft) => (find(draft, SERVICE).previous_address = "aws_ecs_service.other"),
    "a release does not move the app's service",
  ],
  [
    "an object that an earlier replacement left",
    (draft) => (find(draft, APP).deposed = "ab12cd34"),
    "a release does not replace the task definitions of the app",
  ],
  [
    "a replacement because the last apply failed",
    (draft) => (find(draft, APP).action_reason = "replace_because_tainted"),
    "a release does not replace it for the reason replace_because_tainted",
  ],
];

const whole: Forged[] = [
  ["an error", (draft) => (draft["errored"] = true), "planning ended with an error"],
  [
    "a part missing",
    (draft) => (draft["complete"] = false),
    "incomplete: another plan must follow",
  ],
  ["no way to apply it", (draft) => (draft["applyable"] = false), "✗ the plan: cannot be applied"],
  [
    "a deferred change",
    (draft) => (draft["deferred_changes"] = [{ resource_change: { address: "aws_iam_role.x" } }]),
    "aws_iam_role.x: is deferred to a later plan",
  ],
  [
    "the app's service dropped from the list",
    (draft) => without(draft, SERVICE),
    `not a plan of stg: it has no stg-app at ${SERVICE}`,
  ],
  [
    "no resources, as with -refresh-only",
    (draft) => (draft.resource_changes = []),
    "✗ the plan: lists no resources, like a plan with -refresh-only",
  ],
  [
    "a resource twice",
    (draft) => draft.resource_changes.push(structuredClone(find(draft, SERVICE))),
    `${SERVICE}: is in the plan twice`,
  ],
  [
    "other planned values than changes",
    (draft) => planned(draft, SERVICE, { ...after(draft, SERVICE), desired_count: 0 }),
    `${SERVICE}: planned_values and resource_changes differ`,
  ],
  [
    "planned values without a change",
    (draft) => planned(draft, "aws_iam_role.admin", {}),
    "aws_iam_role.admin: is in planned_values, but not in resource_changes",
  ],
  [
    "a change that is hidden by its unknown values",
    (draft) => {
      after(draft, APP)["network_mode"] = "host";
      Object.assign(find(draft, APP).change.after_unknown, { network_mode: {} });
    },
    "a release does not change network_mode",
  ],
  [
    "a text that becomes an empty list",
    (draft) => (after(draft, APP)["task_role_arn"] = []),
    "a release does not change task_role_arn",
  ],
  [
    "a field of a resource's change that is unknown",
    (draft) => Object.assign(find(draft, REDIS_SERVICE), { action_triggers: [{}] }),
    `${REDIS_SERVICE}: has fields that are unknown here: action_triggers`,
  ],
  [
    "a field of a change that is unknown",
    (draft) => Object.assign(find(draft, REDIS_SERVICE).change, { invoking: {} }),
    `change of ${REDIS_SERVICE}: has fields that are unknown here: invoking`,
  ],
  [
    "a resource that changes without an action",
    (draft) => {
      update(draft, REDIS_SERVICE, { desired_count: 2 });
      action(draft, REDIS_SERVICE, "no-op");
    },
    /✗ \S+redis_service +no-op\n +is unchanged according to its action, but not/,
  ],
];

describe("the gate refuses a plan with", () => {
  it.each(others)("%s", (_, change, reason) => expectRefused(change, reason));
  it.each(whole)("%s", (_, change, reason) => expectRefused(change, reason));

  it.each<[what: string, change: Change, reason: RegExp]>([
    [
      "another format",
      (draft) => (draft["format_version"] = "2.0"),
      /format_version: allowed: 1\.x/,
    ],
    [
      "an unknown action",
      (draft) => action(draft, SERVICE, "explode"),
      /resource_changes\.\d+\.change\.actions\.0/,
    ],
    ["no planned values", (draft) => delete draft["planned_values"], /planned_values is missing/],
  ])("%s, because it is no plan", (_, change, reason) => {
    const { exit, said } = judged(change);
    expect(said).toMatch(reason);
    expect(exit).toBe(2);
  });
});
