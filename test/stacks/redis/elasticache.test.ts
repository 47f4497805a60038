import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { outlive } from "../support/references.ts";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  devWith,
  minimalEnvironment,
  one,
  onElastiCache,
  type Template,
} from "../support/template.ts";

const { state } = onElastiCache;
const group = "aws_elasticache_replication_group";

function elastiCache(redis: object = {}, others: object = {}): Template {
  return devWith({ state, ...others, redis: { kind: "elasticache", ...redis } });
}

function policies(template: Template): string {
  return JSON.stringify(template.json.resource["aws_iam_role_policy"]);
}

describe("Redis on ElastiCache", () => {
  const template = elastiCache();

  it("has a replica in another zone with failover, by default", () => {
    expect(one(template, group)).toMatchObject({
      replication_group_id: "dev-redis",
      engine: "valkey",
      engine_version: "8.0",
      num_cache_clusters: 2,
      automatic_failover_enabled: true,
      multi_az_enabled: true,
    });
    expect(one(elastiCache({ replicas: 0 }), group)).toMatchObject({
      num_cache_clusters: 1,
      automatic_failover_enabled: false,
      multi_az_enabled: false,
    });
  });

  it("uses the app's new password in a rotation, and does not change for a new value of the other", () => {
    const [before, changed, renewed] = [1, 2, 3].map((passwordVersion) =>
      elastiCache({ passwordVersion }),
    ) as [Template, Template, Template];
    expect(differences(before, changed)).toEqual(["aws_ecs_task_definition.app_task_definition"]);
    expect(changed.json.data).toMatchObject({
      aws_secretsmanager_secret_version: {
        elasticache_token: {
          secret_id: "${aws_secretsmanager_secret.password_secret_b.arn}",
          // It depends only on the password in use, so a new value of the other does not make the token unknown.
          depends_on: ["aws_secretsmanager_secret_version.password_value_b"],
        },
      },
    });
    expect(renewed.json.data).toEqual(changed.json.data);
    expect(differences(changed, renewed)).toEqual([
      "aws_secretsmanager_secret_version.password_value",
    ]);
  });

  it("creates nothing for Redis on ECS, EFS or Cloud Map", () => {
    const types = Object.keys(template.json.resource);
    expect(types.filter((type) => /efs|service_discovery|backup/.test(type))).toEqual([]);
    expect(all(template, "aws_ecs_service").map(([id]) => id)).toEqual(["app_service"]);
    expect(policies(template)).not.toContain("DiscoverInstances");
    expect(Object.keys(Object(template.json["output"]) as object)).toContain("redis_endpoint");
  });

  it("allows the app until none of its tasks runs", () => {
    expect(outlive(template, "aws_ecs_service.app_service")).toContain(
      "aws_vpc_security_group_ingress_rule.elasticache_from_clients_0",
    );
  });

  it("has a parameter group for its engine and version, with both in its name", () => {
    const own = elastiCache({
      engine: "redis",
      maxmemoryPolicy: "allkeys-lru",
      parameters: { timeout: "300" },
    });
    expect(one(own, group)["engine_version"]).toBe("7.1");
    expect(one(own, "aws_elasticache_parameter_group")).toMatchObject({
      name: "dev-redis-redis7",
      family: "redis7",
      parameter: [
        { name: "maxmemory-policy", value: "allkeys-lru" },
        { name: "timeout", value: "300" },
      ],
    });
  });

  it("has a final snapshot if protected, and is changed only in the maintenance window", () => {
    expect(one(template, group)).toMatchObject({ apply_immediately: true });
    expect(one(template, group)).not.toHaveProperty("final_snapshot_identifier");
    expect(one(elastiCache({}, { protected: true }), group)).toMatchObject({
      apply_immediately: false,
      final_snapshot_identifier: "dev-redis-final",
      lifecycle: { prevent_destroy: true },
      snapshot_retention_limit: 7,
      snapshot_window: "03:00-04:00",
      maintenance_window: "sun:05:00-sun:06:00",
    });
  });

  it("has alarms for each node, and charts", () => {
    const watched = elastiCache({ replicas: 2 }, { alarms: { emails: ["a@example.com"] } });
    const alarms = all(watched, "aws_cloudwatch_metric_alarm")
      .map(([id]) => id.replace("operation_alarms_", ""))
      .filter((id) => /redis|efs/.test(id));
    expect(alarms.toSorted()).toEqual(
      ["cpu", "lag", "memory"].flatMap((kind) =>
        ["001", "002", "003"].map((node) => `redis_${kind}_${node}`),
      ),
    );
    expect(
      one(watched, "aws_cloudwatch_metric_alarm", "operation_alarms_redis_cpu_003"),
    ).toMatchObject({
      namespace: "AWS/ElastiCache",
      dimensions: { CacheClusterId: "dev-redis-003" },
      treat_missing_data: "breaching",
    });
    const rules = all(watched, "aws_cloudwatch_event_rule").map(([id]) => id);
    expect(rules).toEqual(["operation_alarms_app_deployment_failed"]);
    const body = String(one(watched, "aws_cloudwatch_dashboard")["dashboard_body"]);
    expect(body).toContain("the replication group `dev-redis` of ElastiCache");
    expect(body).toContain("Redis: evictions a minute");
    expect(body).not.toContain("EFS");
  });
});

describe("ElastiCache is refused", () => {
  const bad: [what: string, changes: object, line: string][] = [
    ["without an encrypted remote state", { redis: { kind: "elasticache" } }, "dev.state:"],
    ["with a file system", { ...onElastiCache, fileSystem: { path: "/redis" } }, "dev.fileSystem:"],
    ["with a backup", { ...onElastiCache, backup: {} }, "dev.backup:"],
    [
      "with an unused namespace",
      { ...onElastiCache, namespace: { name: "games" } },
      "dev.namespace:",
    ],
    [
      "with a version of the other engine",
      { ...onElastiCache, redis: { kind: "elasticache", engine: "redis", engineVersion: "8.0" } },
      "dev.redis.engineVersion:",
    ],
    [
      "with a snapshot window in the maintenance window",
      { ...onElastiCache, redis: { kind: "elasticache", snapshotWindow: "05:30-06:30" } },
      "dev.redis.snapshotWindow:",
    ],
    [
      "with a node that cannot fail over",
      { ...onElastiCache, redis: { kind: "elasticache", nodeType: "cache.t2.micro" } },
      "dev.redis.nodeType:",
    ],
    [
      "with a field of the service",
      { ...onElastiCache, redis: { kind: "elasticache", dnsTtl: 5 } },
      "dev.redis.dnsTtl:",
    ],
    [
      "with a key in another region",
      {
        ...onElastiCache,
        redis: {
          kind: "elasticache",
          kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/0a",
        },
      },
      "dev.redis.kmsKeyArn:",
    ],
    [
      "without snapshots if protected",
      {
        ...onElastiCache,
        protected: true,
        app: { ...minimalEnvironment.app, loadBalancer: false },
        redis: { kind: "elasticache", snapshotRetentionDays: 0 },
      },
      "dev.redis.snapshotRetentionDays:",
    ],
  ];

  it.each(bad)("%s", (_, changes, line) => {
    expect(refusedLines(changes)).toEqual([expect.stringContaining(line)]);
  });
});
