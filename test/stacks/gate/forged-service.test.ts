import { describe, it } from "vitest";
import { expectRefused, type Forged } from "./support/forged.ts";
import {
  after,
  APP,
  atRevision,
  before,
  configured,
  type Draft,
  type Fields,
  find,
  runs,
  SERVICE,
} from "./support/plans.ts";

// The release of stg with a service that runs something else, or elsewhere.

const ECS = "arn:aws:ecs:eu-central-1:111111111111";

const NOT_OF_THE_PLAN = "task_definition is not the revision of stg-app in the plan";
const NOT_WRITTEN_ALIKE = "task_definition is not written as in the environment";

const service = (draft: Draft, fields: Fields): void => {
  Object.assign(after(draft, SERVICE), fields);
};

/** Changes the state of a resource before and after the plan. */
const everywhere = (draft: Draft, address: string, fields: Fields): void => {
  for (const state of [before(draft, address), after(draft, address)]) Object.assign(state, fields);
};

const plans: Forged[] = [
  [
    "no tasks",
    (draft) => service(draft, { desired_count: 0 }),
    "a release does not change desired_count",
  ],
  [
    "a number of tasks that is known only after apply",
    (draft) => Object.assign(find(draft, SERVICE).change.after_unknown, { desired_count: true }),
    "a release does not change desired_count",
  ],
  [
    "another network",
    (draft) => service(draft, { network_configuration: [{ subnets: ["subnet-1"] }] }),
    "a release does not change network_configuration.0.subnets",
  ],
  [
    "a shell in its tasks",
    (draft) => service(draft, { enable_execute_command: true }),
    "a release does not change enable_execute_command",
  ],
  [
    "another cluster",
    (draft) => service(draft, { cluster: `${ECS}:cluster/other` }),
    "a release does not change cluster",
  ],
  [
    "a service of another cluster",
    (draft) => {
      before(draft, SERVICE)["cluster"] = `${ECS}:cluster/other`;
      service(draft, { cluster: `${ECS}:cluster/other` });
    },
    "runs in the cluster other, not in stg",
  ],
  [
    "another service",
    (draft) => {
      before(draft, SERVICE)["name"] = "stg-redis";
      service(draft, { name: "stg-redis" });
    },
    "not the app's resource",
  ],
  [
    "the id of Redis' service",
    (draft) => everywhere(draft, SERVICE, { id: `${ECS}:service/stg/stg-redis` }),
    `${SERVICE}: its id is not that of stg-app`,
  ],
  [
    "no id",
    (draft) => everywhere(draft, SERVICE, { id: undefined }),
    `${SERVICE}: its id is not that of stg-app`,
  ],
  [
    "the id of a service of another cluster",
    (draft) => everywhere(draft, SERVICE, { id: `${ECS}:service/other/stg-app` }),
    `${SERVICE}: its id is not that of stg-app`,
  ],
  [
    "a cluster of another account",
    (draft) =>
      everywhere(draft, SERVICE, { cluster: "arn:aws:ecs:eu-central-1:999999999999:cluster/stg" }),
    `${SERVICE}: cluster is of another account or region`,
  ],
  [
    "an id of another region",
    (draft) =>
      everywhere(draft, SERVICE, { id: "arn:aws:ecs:us-east-1:111111111111:service/stg/stg-app" }),
    `${SERVICE}: id is of another account or region`,
  ],
  [
    "a task definition of another account, before and after",
    (draft) => {
      const arn = "arn:aws:ecs:eu-central-1:999999999999:task-definition/stg-app:1";
      before(draft, SERVICE)["task_definition"] = arn;
      runs(draft, arn);
    },
    `${SERVICE}: task_definition is of another account or region`,
  ],
  [
    "a role of another account in its task definition",
    (draft) =>
      everywhere(draft, APP, { task_role_arn: "arn:aws:iam::999999999999:role/stg-app-task" }),
    `${APP}: task_role_arn is of another account or region`,
  ],
  [
    "the id of Redis' task definition",
    (draft) => everywhere(draft, APP, { id: "stg-redis" }),
    `${APP}: its id is not that of stg-app`,
  ],
  [
    "the task definition of Redis",
    (draft) => runs(draft, `${ECS}:task-definition/stg-redis:1`),
    NOT_OF_THE_PLAN,
  ],
  [
    "a task definition of another account",
    (draft) => runs(draft, "arn:aws:ecs:eu-central-1:999999999999:task-definition/stg-app:1"),
    NOT_OF_THE_PLAN,
  ],
  [
    "a newer revision, which something else registered",
    (draft) => {
      atRevision(draft, 5);
      runs(draft, `${ECS}:task-definition/stg-app:6`);
    },
    NOT_OF_THE_PLAN,
  ],
  [
    // It could still have Redis and its folder in it, as before the migration.
    "an older revision, which the plan does not show",
    (draft) => {
      atRevision(draft, 5);
      runs(draft, `${ECS}:task-definition/stg-app:3`);
    },
    NOT_OF_THE_PLAN,
  ],
  ["the newest revision, whichever that is", (draft) => runs(draft, "stg-app"), NOT_OF_THE_PLAN],
  [
    "the revision of the plan, but written as an ARN",
    (draft) => {
      atRevision(draft, 5);
      const { change } = find(draft, APP);
      Object.assign(change, { actions: ["no-op"], after: change.before, after_unknown: {} });
      const arn = String(before(draft, SERVICE)["task_definition"]);
      runs(draft, arn);
      before(draft, SERVICE)["task_definition"] = `${ECS}:task-definition/stg-app:4`;
      configured(draft, SERVICE)["expressions"] = { task_definition: { constant_value: arn } };
    },
    NOT_WRITTEN_ALIKE,
  ],
  [
    "a revision whose text the plan does not have",
    (draft) => (configured(draft, SERVICE)["expressions"] = {}),
    NOT_WRITTEN_ALIKE,
  ],
  [
    "a revision that is calculated during apply",
    (draft) => {
      const text = "arn:aws:ecs:eu-central-1:111111111111:task-definition/evil:${length(uuid())}";
      configured(draft, SERVICE)["expressions"] = { task_definition: { constant_value: text } };
    },
    NOT_WRITTEN_ALIKE,
  ],
];

describe("the gate refuses a service of the app with", () => {
  it.each(plans)("%s", (_, change, reason) => expectRefused(change, reason));
});
