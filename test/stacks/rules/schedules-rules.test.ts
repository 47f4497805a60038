import { describe } from "vitest";
import { scheduleRules } from "../../../stacks/rules/schedules-rules.ts";
import { type Draft, testBreaks } from "../support/broken.ts";
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

describe("the rules of schedules", () => {
  testBreaks(scheduleRules, [
    [
      "schedule-dead-letters",
      `${schedule}.target`,
      ({ resource }) => Reflect.deleteProperty(target(resource(schedule)), "dead_letter_config"),
      { tasks },
    ],
    [
      "schedule-network-mode",
      `${schedule}.target.ecs_parameters.launch_type`,
      (draft) => (parameters(draft)["launch_type"] = "EC2"),
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
  ]);
});
