import { describe, expect, it } from "vitest";
import { operationRules } from "../../../stacks/rules/operation-rules.ts";
import { type Break, foundBy, testBreaks, testKept } from "../support/broken.ts";

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
    ...["HealthyHostCount", "EngineCPUUtilization"].map((metric_name): Break => [
      "silence-alarms",
      "aws_cloudwatch_metric_alarm.added.treat_missing_data",
      ({ add }) =>
        add("aws_cloudwatch_metric_alarm.added", {
          metric_name,
          treat_missing_data: "missing",
          alarm_actions: ["topic"],
          ok_actions: ["topic"],
        }),
      alarms,
    ]),
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
    [
      "full-redis-alarm",
      `${full}.threshold`,
      ({ resource }) => (resource(full)["threshold"] = 100),
      { ...alarms, redis: { metrics: true } },
    ],
    // An alarm on the memory of another service does not count.
    [
      "full-redis-alarm",
      "aws_cloudwatch_metric_alarm.operation_alarms_redis_memory.threshold",
      ({ resource }) => (resource(full)["dimensions"] = { ServiceName: "dev-app" }),
      alarms,
      [90],
    ],
    // The threshold must be below maxmemory's share.
    ...["300mb", "300000k"].map((maxmemory): Break => [
      "full-redis-alarm",
      `${full}.threshold`,
      ({ command }) => command(/\$SERVER_MAXMEMORY\b/, maxmemory),
      alarms,
    ]),
    [
      "backup-has-copy",
      `${redisTask}.volume`,
      ({ remove }) => remove("aws_scheduler_schedule.operation_backup_copy_hourly_schedule"),
      { backup: {} },
    ],
    [
      "backup-has-copy",
      `${redisTask}.volume`,
      (draft) =>
        draft.container("operation_backup_copy", (task) => (task["command"] = ["sh", "-c", "ls"])),
      { backup: {} },
    ],
    [
      "backup-has-copy",
      `${redisTask}.volume`,
      ({ container }) =>
        container("operation_backup_copy", (task) => {
          task["command"] = ["sh", "-c", '# ln "appendonlydir/$name" copy/'];
        }),
      { backup: {} },
    ],
    [
      "backup-has-copy",
      `${redisTask}.volume`,
      ({ container, resource }) => {
        container("redis", (redis) =>
          (redis["mountPoints"] as object[]).push({ sourceVolume: "more", containerPath: "/more" }),
        );
        const efs_volume_configuration = {
          transit_encryption: "ENABLED",
          authorization_config: { access_point_id: "fsap-0other", iam: "ENABLED" },
        };
        const volumes = resource(redisTask)["volume"] as object[];
        volumes.push({ name: "more", efs_volume_configuration });
      },
      { backup: {} },
      ["${aws_efs_access_point.storage_access_point.id}", "fsap-0other"],
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

  testKept([
    [
      "a maxmemory in bytes",
      ({ command }) => command(/\$SERVER_MAXMEMORY\b/, String(384 * 1024 * 1024)),
      alarms,
    ],
    [
      "a Redis that may evict any key",
      ({ command, resource }) => {
        command("$SERVER_MAXMEMORY_POLICY", "allkeys-lru");
        resource(full)["threshold"] = 100;
      },
      alarms,
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
