import { describe, expect, it } from "vitest";
import { operationRules } from "../../../stacks/rules/operation-rules.ts";
import { foundBy, testBreaks } from "../support/broken.ts";

const alarms = { alarms: { emails: ["on-call@example.com"] } };
const notRunning = "aws_cloudwatch_metric_alarm.operation_alarms_redis_not_running";
const full = "aws_cloudwatch_metric_alarm.operation_alarms_redis_full";
const vault = "aws_backup_vault.operation_backup_vault";

const redisTask = "aws_ecs_task_definition.redis_task_definition";

describe("the rules of operation", () => {
  testBreaks(operationRules, [
    [
      "silence-alarms",
      `${notRunning}.treat_missing_data`,
      ({ resource }) => (resource(notRunning)["treat_missing_data"] = "notBreaching"),
      alarms,
    ],
    [
      "alarms-notify",
      `${notRunning}.alarm_actions`,
      ({ resource }) => (resource(notRunning)["ok_actions"] = []),
      alarms,
    ],
    [
      "full-redis-alarm",
      `${full}.threshold`,
      ({ resource }) => (resource(full)["threshold"] = 80),
      alarms,
    ],
    // An alarm on the memory of another service does not count.
    [
      "full-redis-alarm",
      "aws_cloudwatch_metric_alarm.operation_alarms_redis_memory.threshold",
      ({ resource }) => (resource(full)["dimensions"] = { ServiceName: "dev-app" }),
      alarms,
      [90],
    ],
    [
      "backup-has-copy",
      `${redisTask}.volume`,
      ({ remove }) => remove("aws_scheduler_schedule.operation_backup_copy_hourly_schedule"),
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

  it("full-redis-alarm is broken by a Redis without maxmemory", () => {
    const found = foundBy(operationRules, "full-redis-alarm", {
      aws_ecs_task_definition: {
        redis: { container_definitions: JSON.stringify([{ command: ["redis-server"] }]) },
      },
      aws_ecs_service: { redis: { name: "r", task_definition: "aws_ecs_task_definition.redis" } },
      aws_cloudwatch_metric_alarm: {
        full: { metric_name: "MemoryUtilization", threshold: 1, dimensions: { ServiceName: "r" } },
      },
    });
    expect(found).toEqual([
      { address: "aws_cloudwatch_metric_alarm.full", field: "threshold", got: [1] },
    ]);
  });
});
