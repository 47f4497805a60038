import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { outlive } from "../support/references.ts";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  container,
  devWith,
  existingParts,
  leastEnvironment,
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

  it("has a replica that takes over, in another zone, unless it is to have none", () => {
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

  it("speaks TLS alone, with the password of the secret that the app has", () => {
    expect(one(template, group)).toMatchObject({
      transit_encryption_enabled: true,
      transit_encryption_mode: "required",
      auth_token: "${data.aws_secretsmanager_secret_version.elasticache_token.secret_string}",
      auth_token_update_strategy: "ROTATE",
    });
    const secret = "${aws_secretsmanager_secret.password_secret.arn}";
    expect(template.json.data).toMatchObject({
      aws_secretsmanager_secret_version: {
        elasticache_token: {
          secret_id: secret,
          depends_on: ["aws_secretsmanager_secret_version.password_value"],
        },
      },
    });
    expect(container(template, "app").secrets).toEqual([
      { name: "REDIS_PASSWORD", valueFrom: secret },
    ]);
  });

  it("takes the password that the app changes to, and stays as it is when the other gets a new value", () => {
    const [before, changed, drawn] = [1, 2, 3].map((passwordVersion) =>
      elastiCache({ passwordVersion }),
    ) as [Template, Template, Template];
    expect(differences(before, changed)).toEqual(["aws_ecs_task_definition.app_task_definition"]);
    expect(changed.json.data).toMatchObject({
      aws_secretsmanager_secret_version: {
        elasticache_token: {
          secret_id: "${aws_secretsmanager_secret.password_secret_b.arn}",
          // Of the one in use alone: a new value of the other leaves the token known.
          depends_on: ["aws_secretsmanager_secret_version.password_value_b"],
        },
      },
    });
    expect(drawn.json.data).toEqual(changed.json.data);
    expect(differences(changed, drawn)).toEqual([
      "aws_secretsmanager_secret_version.password_value",
    ]);
  });

  it("gives the app the same two variables, and its service waits for it", () => {
    expect(container(template, "app").environment).toContainEqual({
      name: "REDIS_URL",
      value: "rediss://${" + group + ".elasticache_group.primary_endpoint_address}:6379",
    });
    const before = container(devWith(), "app");
    const names = ({ environment, secrets }: typeof before) =>
      [...environment, ...secrets].map(({ name }) => name);
    expect(names(container(template, "app"))).toEqual(names(before));
    expect(one(template, "aws_ecs_service")["depends_on"]).toContain(`${group}.elasticache_group`);
  });

  it("leaves nothing of Redis on ECS, EFS or Cloud Map", () => {
    const types = Object.keys(template.json.resource);
    expect(types.filter((type) => /efs|service_discovery|backup/.test(type))).toEqual([]);
    expect(all(template, "aws_ecs_service").map(([id]) => id)).toEqual(["app_service"]);
    expect(policies(template)).not.toContain("DiscoverInstances");
    expect(Object.keys(Object(template.json["output"]) as object)).toContain("redis_endpoint");
  });

  it("lets the app's hosts in on its port, created or existing", () => {
    const rules = all(template, "aws_vpc_security_group_ingress_rule").filter(([id]) =>
      id.startsWith("elasticache_"),
    );
    expect(rules.map(([, rule]) => rule)).toMatchObject([
      {
        security_group_id: "${aws_security_group.elasticache_security_group.id}",
        from_port: 6379,
        to_port: 6379,
        referenced_security_group_id: "${aws_security_group.cluster_security_group.id}",
      },
    ]);
    const { network, cluster } = existingParts;
    const existing = elastiCache({}, { network, cluster });
    expect(
      all(existing, "aws_vpc_security_group_ingress_rule")
        .filter(([id]) => id.startsWith("elasticache_"))
        .map(([, rule]) => rule["referenced_security_group_id"]),
    ).toEqual(["sg-01", "sg-02"]);
    expect(one(existing, "aws_elasticache_subnet_group")).toMatchObject({
      subnet_ids: ["subnet-0a", "subnet-0b"],
    });
  });

  it("lets the app in until none of its tasks runs", () => {
    expect(outlive(template, "aws_ecs_service.app_service")).toContain(
      "aws_vpc_security_group_ingress_rule.elasticache_from_clients_0",
    );
  });

  it("has a parameter group of its engine and version, whose name changes with them", () => {
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

  it("is kept with a last snapshot where it is protected, and changed in its window alone", () => {
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

  it("has the version that the environment names, and no other by an upgrade of AWS", () => {
    expect(one(elastiCache({ engineVersion: "8.1" }), group)).toMatchObject({
      engine_version: "8.1",
      auto_minor_version_upgrade: "false",
    });
  });

  it("is watched node by node, and drawn", () => {
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
    [
      "without an encrypted remote state",
      { redis: { kind: "elasticache" } },
      'dev.state: missing; allowed: with redis.kind elasticache a state in S3, { kind: "s3", bucket: "..." }, which is encrypted: it contains the password of ElastiCache',
    ],
    [
      "with a file system",
      { ...onElastiCache, fileSystem: { path: "/redis" } },
      'dev.fileSystem: got {"path":"/redis"}; allowed: left out with redis.kind elasticache: no data of Redis is on EFS; remove fileSystem, or set redis.kind to service',
    ],
    [
      "with a backup of one",
      { ...onElastiCache, backup: {} },
      "dev.backup: got {}; allowed: left out with redis.kind elasticache: there is no file system to back up; remove backup; ElastiCache keeps snapshots for redis.snapshotRetentionDays",
    ],
    [
      "with a namespace that nothing is found in",
      { ...onElastiCache, namespace: { name: "games" } },
      'dev.namespace: got {"name":"games"}; allowed: left out with redis.kind elasticache: nothing is found through a namespace; remove namespace',
    ],
    [
      "with a version of the other engine",
      { ...onElastiCache, redis: { kind: "elasticache", engine: "redis", engineVersion: "8.0" } },
      'dev.redis.engineVersion: got "8.0"; allowed: a version of redis: 7.0, 7.1',
    ],
    [
      "with a snapshot in the time of maintenance",
      { ...onElastiCache, redis: { kind: "elasticache", snapshotWindow: "05:30-06:30" } },
      'dev.redis.snapshotWindow: got "05:30-06:30"; allowed: a time outside maintenanceWindow, sun:05:00-sun:06:00',
    ],
    [
      "with a window that is too short",
      { ...onElastiCache, redis: { kind: "elasticache", snapshotWindow: "05:30-05:45" } },
      'dev.redis.snapshotWindow: got "05:30-05:45"; allowed: an hour or more of a day in UTC',
    ],
    [
      "with a node that cannot fail over",
      { ...onElastiCache, redis: { kind: "elasticache", nodeType: "cache.t2.micro" } },
      'dev.redis.nodeType: got "cache.t2.micro"; allowed: a node type such as cache.t4g.small',
    ],
    [
      "with a node that keeps a part of the data on disk",
      { ...onElastiCache, redis: { kind: "elasticache", nodeType: "cache.r6gd.xlarge" } },
      'dev.redis.nodeType: got "cache.r6gd.xlarge"; allowed: a node type such as cache.t4g.small, of a generation that can fail over, with all data in memory (not r6gd)',
    ],
    [
      "with a field of the service",
      { ...onElastiCache, redis: { kind: "elasticache", dnsTtl: 5 } },
      "dev.redis.dnsTtl: unknown; allowed: fields kind, engine, engineVersion",
    ],
    [
      "with a key of another region",
      {
        ...onElastiCache,
        redis: {
          kind: "elasticache",
          kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/0a",
        },
      },
      'dev.redis.kmsKeyArn: got "arn:aws:kms:us-east-1:123456789012:key/0a"; allowed: the ARN of one in eu-west-1',
    ],
    [
      "without snapshots where it is protected",
      {
        ...onElastiCache,
        protected: true,
        app: { ...leastEnvironment.app, loadBalancer: false },
        redis: { kind: "elasticache", snapshotRetentionDays: 0 },
      },
      "dev.redis.snapshotRetentionDays: got 0; allowed: 1 day or more with protected: true",
    ],
  ];

  it.each(bad)("%s", (_, changes, line) => {
    const [first, ...more] = refusedLines(changes);
    expect(more).toEqual([]);
    expect(first).toContain(line);
  });
});
