import { describe, expect, it } from "vitest";
import { container, devWith, one, variablesOf } from "../support/template.ts";

const template = devWith({ redis: { memory: 1000 } });
const service = one(template, "aws_ecs_service", "redis_service");

describe("the Redis service", () => {
  it("stops the old task before it starts the new one", () => {
    expect(service).toMatchObject({
      name: "dev-redis",
      desired_count: 1,
      deployment_minimum_healthy_percent: 0,
      deployment_maximum_percent: 100,
      availability_zone_rebalancing: "DISABLED",
    });
  });

  it("registers the host port of its container", () => {
    expect(service["service_registries"]).toEqual({
      registry_arn: "${aws_service_discovery_service.discovery_redis.arn}",
      container_name: "redis",
      container_port: 6379,
    });
  });

  it("is replaced together with its Cloud Map service", () => {
    expect(service["lifecycle"]).toEqual({
      replace_triggered_by: ["aws_service_discovery_service.discovery_redis.id"],
    });
  });
});

describe("the Redis task", () => {
  const definition = one(template, "aws_ecs_task_definition", "redis_task_definition");
  const redis = container(template, "redis");
  const command = redis.command?.join(" ") ?? "";

  it("mounts its folder through the access point, encrypted and authorized", () => {
    expect(definition).toMatchObject({
      network_mode: "bridge",
      requires_compatibilities: ["EC2"],
      skip_destroy: true,
      volume: [
        {
          name: "data",
          efs_volume_configuration: {
            file_system_id: "${aws_efs_file_system.storage_efs.id}",
            transit_encryption: "ENABLED",
            authorization_config: {
              access_point_id: "${aws_efs_access_point.storage_access_point.id}",
              iam: "ENABLED",
            },
          },
        },
      ],
    });
    // With an access point, its root directory is used.
    expect(JSON.stringify(definition["volume"])).not.toContain("root_directory");
    expect(redis["mountPoints"]).toEqual([
      { sourceVolume: "data", containerPath: "/data", readOnly: false },
    ]);
  });

  it("listens on a dynamic host port, as the owner of the data", () => {
    expect(redis).toMatchObject({
      portMappings: [{ containerPort: 6379, hostPort: 0, protocol: "tcp" }],
      user: "999:999",
      ulimits: [{ name: "nofile", softLimit: 65_536, hardLimit: 65_536 }],
    });
  });

  it("keeps a quarter of its memory for a fork", () => {
    expect(redis["memory"]).toBe(1000);
    expect(variablesOf(redis)).toMatchObject({ SERVER_MAXMEMORY: "750mb" });
    expect(command).toContain('--maxmemory "$SERVER_MAXMEMORY"');
  });

  it("has time to stop, to wait for the lock and to start, in this order", () => {
    const lockWait = Number(/flock -w (\d+) 9 \|\| exit 75/.exec(command)?.[1]);
    const startPeriod = redis.healthCheck?.startPeriod ?? 0;
    expect(redis.stopTimeout).toBe(120);
    expect(redis.stopTimeout).toBeLessThan(lockWait);
    expect(lockWait).toBeLessThan(startPeriod);
    expect(startPeriod).toBeLessThanOrEqual(300);
    // As PID 1, the shell that waits for the lock would ignore SIGTERM.
    expect(redis["linuxParameters"]).toMatchObject({ initProcessEnabled: true });
  });

  it("has a read-only root file system", () => {
    expect(redis["readonlyRootFilesystem"]).toBe(true);
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

  it("is restarted in place, except after exit codes 0, 75 and 78", () => {
    expect(redis["restartPolicy"]).toEqual({
      enabled: true,
      ignoredExitCodes: [0, 75, 78],
      restartAttemptPeriod: 60,
    });
  });
});

describe("a release of Redis that does not become healthy", () => {
  it("is tried again until it is", () => {
    expect(service["deployment_circuit_breaker"]).toEqual({ enable: false, rollback: false });
  });

  it("has a timeout of one failed task", () => {
    // 120 s, 300 s + 350 s, and five minutes.
    expect(service["timeouts"]).toEqual({ create: "18m", update: "18m" });
    const healthCheck = { interval: 30, timeout: 60 };
    const patient = one(devWith({ redis: { healthCheck } }), "aws_ecs_service", "redis_service");
    expect(patient["timeouts"]).toEqual({ create: "27m", update: "27m" });
  });
});
