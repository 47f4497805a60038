import { describe } from "vitest";
import { scheduleRules } from "../../../stacks/rules/schedules-rules.ts";
import { testBreaks } from "../support/broken.ts";
import { leastEnvironment } from "../support/template.ts";

const tasks = { nightly: { command: ["node", "nightly.js"], schedule: "rate(1 day)" } };
const schedule = "aws_scheduler_schedule.tasks_nightly_schedule";
const rights = "aws_iam_role_policy.tasks_nightly_rights";
const awsvpc = { app: { ...leastEnvironment.app, networkMode: "awsvpc" }, tasks } as const;

function target(resource: Record<string, unknown>): Record<string, Record<string, unknown>> {
  return resource["target"] as Record<string, Record<string, unknown>>;
}

describe("the rules of schedules", () => {
  testBreaks(scheduleRules, [
    [
      "schedule-not-lost",
      `${schedule}.target`,
      ({ resource }) => Reflect.deleteProperty(target(resource(schedule)), "dead_letter_config"),
      { tasks },
    ],
    [
      "schedule-not-lost",
      `${schedule}.target`,
      ({ resource }) =>
        Object.assign(target(resource(schedule)), { retry_policy: { maximum_retry_attempts: 0 } }),
      { tasks },
    ],
    [
      "schedule-in-its-mode",
      `${schedule}.target.ecs_parameters.launch_type`,
      ({ resource }) =>
        Object.assign(target(resource(schedule))["ecs_parameters"] ?? {}, { launch_type: "EC2" }),
      { tasks },
    ],
    [
      "schedule-in-its-mode",
      `${schedule}.target.ecs_parameters.network_configuration`,
      ({ resource }) =>
        Reflect.deleteProperty(
          target(resource(schedule))["ecs_parameters"] ?? {},
          "network_configuration",
        ),
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
