import { describe, expect, it } from "vitest";
import { container, devWith, one, variablesOf } from "../support/template.ts";

const template = devWith({ redis: { memory: 1000 } });
const service = one(template, "aws_ecs_service", "redis_service");

describe("the Redis task", () => {
  const definition = one(template, "aws_ecs_task_definition", "redis_task_definition");
  const redis = container(template, "redis");
  const command = redis.command?.join(" ") ?? "";

  it("leaves more than half of its memory for a rewrite of the file", () => {
    expect(redis["memory"]).toBe(1000);
    expect(variablesOf(redis)).toMatchObject({ SERVER_MAXMEMORY: "450mb" });
    expect(command).toContain('--maxmemory "$SERVER_MAXMEMORY"');
  });

  it("stops on purpose without alarms and without copies", () => {
    const given = { protected: true, alarms: { topicArn: "arn:aws:sns:eu-west-1:123456789012:t" } };
    const { resource } = devWith({ ...given, redis: { stopped: true } }).json;
    expect(resource["aws_ecs_service"]?.["redis_service"]).toMatchObject({ desired_count: 0 });
    const copies = "operation_backup_copy_hourly_schedule";
    expect(resource["aws_scheduler_schedule"]?.[copies]).toMatchObject({ state: "DISABLED" });
    const alarms = Object.entries(resource["aws_cloudwatch_metric_alarm"] ?? {});
    const silent = alarms.filter(([, alarm]) => alarm["actions_enabled"] === false);
    expect(silent.map(([id]) => id.replace("operation_alarms_", "")).toSorted()).toEqual([
      "efs_io_limit",
      "redis_full",
      "redis_host_silent",
      "redis_memory",
      "redis_not_running",
      "redis_restarts",
    ]);
  });

  it("shows the major version of its data in a plan", () => {
    expect(definition["tags"]).toEqual({ Name: "dev-redis", RedisMajorVersion: "8" });
    const next = devWith({ redis: { image: "redis:9.1", majorVersion: 9 } });
    expect(one(next, "aws_ecs_task_definition", "redis_task_definition")["tags"]).toMatchObject({
      RedisMajorVersion: "9",
    });
  });

  it("has the configured health check times", () => {
    const healthCheck = { interval: 20, timeout: 30, retries: 9 };
    expect(container(devWith({ redis: { healthCheck } }), "redis").healthCheck).toMatchObject(
      healthCheck,
    );
  });
});

describe("a release of Redis that does not become healthy", () => {
  it("has a timeout of one failed task", () => {
    // 120 s, 300 s + 350 s, and five minutes.
    expect(service["timeouts"]).toEqual({ create: "18m", update: "18m" });
    const healthCheck = { interval: 30, timeout: 60 };
    const patient = one(devWith({ redis: { healthCheck } }), "aws_ecs_service", "redis_service");
    expect(patient["timeouts"]).toEqual({ create: "27m", update: "27m" });
  });
});
