import { describe } from "vitest";
import { operationRules } from "../../../stacks/rules/operation-rules.ts";
import { testBreaks } from "../support/broken.ts";

const alarms = { alarms: { emails: ["on-call@example.com"] } };
const notRunning = "aws_cloudwatch_metric_alarm.operation_alarms_redis_not_running";
const full = "aws_cloudwatch_metric_alarm.operation_alarms_redis_full";
const vault = "aws_backup_vault.operation_backup_vault";

describe("the rules of operation", () => {
  testBreaks(operationRules, [
    [
      "silence-alarms",
      `${notRunning}.treat_missing_data`,
      ({ resource }) => (resource(notRunning)["treat_missing_data"] = "notBreaching"),
      alarms,
    ],
    [
      "alarms-reach-somebody",
      `${notRunning}.alarm_actions`,
      ({ resource }) => (resource(notRunning)["ok_actions"] = []),
      alarms,
    ],
    [
      "full-redis-told",
      `${full}.threshold`,
      ({ resource }) => (resource(full)["threshold"] = 80),
      alarms,
    ],
    [
      "full-redis-told",
      `${full}.threshold`,
      ({ resource }) => (resource(full)["threshold"] = 100),
      { ...alarms, redis: { metrics: true } },
    ],
    // The alarm follows what the data may take.
    [
      "full-redis-told",
      `${full}.threshold`,
      ({ command }) => command(/\$SERVER_MAXMEMORY\b/, "300mb"),
      alarms,
    ],
    [
      "backup-has-copy",
      "aws_ecs_task_definition.redis_task_definition.volume",
      ({ remove }) => remove("aws_scheduler_schedule.operation_backup_copy_hourly_schedule"),
      { backup: {} },
    ],
    [
      "backup-has-copy",
      "aws_ecs_task_definition.redis_task_definition.volume",
      (draft) =>
        draft.container("operation_backup_copy", (task) => (task["command"] = ["sh", "-c", "ls"])),
      { backup: {} },
    ],
    [
      "vault-force",
      `${vault}.force_destroy`,
      ({ resource }) => (resource(vault)["force_destroy"] = false),
      { backup: {} },
    ],
    [
      "vault-force",
      `${vault}.force_destroy`,
      ({ resource }) => (resource(vault)["force_destroy"] = true),
      { protected: true },
    ],
  ]);
});
