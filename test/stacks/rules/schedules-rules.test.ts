import { describe } from "vitest";
import { scheduleRules } from "../../../stacks/rules/schedules-rules.ts";
import { type Draft, testBreaks, testKept } from "../support/broken.ts";
import { minimalEnvironment } from "../support/template.ts";

const tasks = { nightly: { command: ["node", "nightly.js"], schedule: "rate(1 day)" } };
const schedule = "aws_scheduler_schedule.tasks_nightly_schedule";
const definition = "aws_ecs_task_definition.tasks_nightly_task_definition";
const rights = "aws_iam_role_policy.tasks_nightly_rights";
const awsvpc = { app: { ...minimalEnvironment.app, networkMode: "awsvpc" }, tasks } as const;

function target(resource: Record<string, unknown>): Record<string, Record<string, unknown>> {
  return resource["target"] as Record<string, Record<string, unknown>>;
}

function parameters({ resource }: Draft): Record<string, unknown> {
  return target(resource(schedule))["ecs_parameters"] ?? {};
}

/** Changes the policy's statement about an action, and may add one. */
function changeRight({ resource }: Draft, action: string, changes: object, added: object[] = []) {
  const policy = JSON.parse(String(resource(rights)["policy"])) as { Statement: object[] };
  const statement = policy.Statement.find((each) => Object.values(each).includes(action));
  if (statement === undefined) throw new Error(`no statement about ${action}`);
  Object.assign(statement, changes);
  policy.Statement.push(...added);
  resource(rights)["policy"] = JSON.stringify(policy);
}

describe("the rules of schedules", () => {
  testBreaks(scheduleRules, [
    [
      "schedule-dead-letters",
      `${schedule}.target`,
      ({ resource }) => Reflect.deleteProperty(target(resource(schedule)), "dead_letter_config"),
      { tasks },
    ],
    [
      "schedule-dead-letters",
      `${schedule}.target`,
      ({ resource }) =>
        Object.assign(target(resource(schedule)), { retry_policy: { maximum_retry_attempts: 0 } }),
      { tasks },
    ],
    [
      "schedule-network-mode",
      `${schedule}.target.ecs_parameters.launch_type`,
      (draft) => (parameters(draft)["launch_type"] = "EC2"),
      { tasks },
    ],
    [
      "schedule-network-mode",
      `${schedule}.target.ecs_parameters.launch_type`,
      (draft) => Reflect.deleteProperty(parameters(draft), "capacity_provider_strategy"),
      { tasks },
    ],
    // The mode of its own task counts.
    [
      "schedule-network-mode",
      `${schedule}.target.ecs_parameters.network_configuration`,
      ({ resource }) => (resource(definition)["network_mode"] = "bridge"),
      awsvpc,
    ],
    [
      "schedule-network-mode",
      `${schedule}.target.ecs_parameters.network_configuration`,
      (draft) => Reflect.deleteProperty(parameters(draft), "network_configuration"),
      awsvpc,
    ],
    [
      "schedule-role-narrow",
      `${rights}.policy`,
      ({ resource }) => {
        const policy = String(resource(rights)["policy"]);
        resource(rights)["policy"] = policy.replace("ecs:cluster", "aws:PrincipalTag/x");
      },
      { tasks },
    ],
    [
      "schedule-role-narrow",
      `${schedule}.target.role_arn`,
      ({ resource }) =>
        Object.assign(target(resource(schedule)), {
          role_arn: "arn:aws:iam::123456789012:role/all",
        }),
      { tasks },
    ],
    // If both roles are existing ones, they must not be treated as the same role.
    [
      "schedule-role-narrow",
      `${schedule}.target.role_arn`,
      ({ resource }) => {
        Object.assign(target(resource(schedule)), { role_arn: "arn:aws:iam::1:role/all" });
        resource(rights)["role"] = "another";
      },
      { tasks },
    ],
    [
      "schedule-role-narrow",
      `${rights}.policy`,
      (draft) =>
        changeRight(draft, "ecs:RunTask", {}, [
          { Effect: "Allow", Action: "ecs:RunTask", Resource: "arn:aws:ecs:*:*:task/other" },
        ]),
      { tasks },
    ],
    [
      "schedule-role-narrow",
      `${rights}.policy`,
      (draft) => changeRight(draft, "iam:PassRole", { Resource: ["arn:aws:iam::1:role/own", "*"] }),
      { tasks },
    ],
  ]);

  testKept([
    [
      "a launch type instead of a capacity provider",
      (draft) => {
        Reflect.deleteProperty(parameters(draft), "capacity_provider_strategy");
        parameters(draft)["launch_type"] = "EC2";
      },
      { tasks },
    ],
    [
      "an existing task definition, whose mode is unknown",
      (draft) => {
        const arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/nightly:7";
        parameters(draft)["task_definition_arn"] = arn;
      },
      { tasks },
    ],
  ]);
});
