import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { all, devWith, existingParts, minimalEnvironment, one } from "../support/template.ts";

const alarms = { emails: ["lead@example.com", "oncall@example.com"] };
const template = devWith({ alarms, backup: {} });
function alarm(id: string, given = template) {
  return one(given, "aws_cloudwatch_metric_alarm", `operation_alarms_${id}`);
}

function ids(given: typeof template): string[] {
  return all(given, "aws_cloudwatch_metric_alarm").map(([id]) =>
    id.replace("operation_alarms_", ""),
  );
}

describe("alarms", () => {
  it("are off by default", () => {
    const none = devWith();
    expect(ids(none)).toEqual([]);
    expect(all(none, "aws_sns_topic")).toEqual([]);
    expect(all(none, "aws_cloudwatch_event_rule")).toEqual([]);
  });

  it("cover Redis, its data, the app and the hosts", () => {
    expect(ids(template).toSorted()).toEqual([
      "app_errors",
      "app_no_healthy_host",
      "app_tasks_missing",
      "efs_io_limit",
      "hosts_failed_checks",
      "hosts_missing",
      "redis_full",
      "redis_host_silent",
      "redis_memory",
      "redis_not_running",
      "redis_restarts",
      // A schedule starts the copy for the backup.
      "tasks_not_started",
    ]);
  });

  it("of failed requests and of no healthy task end a release of the app, if configured", () => {
    const { app } = minimalEnvironment;
    const topicArn = "arn:aws:sns:eu-west-1:123456789012:oncall";
    const given = devWith({ alarms: { topicArn }, app: { ...app, rollbackOnAlarms: true } });
    expect(one(given, "aws_ecs_service", "app_service")["alarms"]).toEqual({
      enable: true,
      rollback: true,
      alarm_names: ["app_errors", "app_no_healthy_host"].map(
        (id) => `\${aws_cloudwatch_metric_alarm.operation_alarms_${id}.alarm_name}`,
      ),
    });
    expect(one(template, "aws_ecs_service", "app_service")).not.toHaveProperty("alarms");
    expect(one(given, "aws_ecs_service", "redis_service")).not.toHaveProperty("alarms");
  });

  it.each([
    ["alarms", { rollbackOnAlarms: true }, false],
    ["a load balancer", { rollbackOnAlarms: true, loadBalancer: false }, alarms],
  ])("cannot end a release without %s", (_, changes, given) => {
    const app = { ...minimalEnvironment.app, ...changes };
    expect(refusedLines({ app, alarms: given })).toEqual([
      expect.stringContaining("dev.app.rollbackOnAlarms: "),
    ]);
  });

  it("are raised before a full Redis refuses writes, unless it evicts any key", () => {
    expect(alarm("redis_full")).toMatchObject({
      namespace: "AWS/ECS",
      metric_name: "MemoryUtilization",
      dimensions: { ClusterName: "dev", ServiceName: "dev-redis" },
      // Nine tenths of 45 %.
      threshold: 40,
      evaluation_periods: 5,
    });
    const cache = ids(devWith({ alarms, redis: { maxmemoryPolicy: "allkeys-lru" } }));
    expect(cache).not.toContain("redis_full");
    // It evicts only keys that expire, so it can refuse writes.
    const volatile = ids(devWith({ alarms, redis: { maxmemoryPolicy: "volatile-lru" } }));
    expect(volatile).toContain("redis_full");
  });

  it("use Redis' own metrics if they are on", () => {
    const reporting = devWith({ alarms, redis: { metrics: true } });
    const reported = { namespace: "Redis", dimensions: { ServiceName: "dev-redis" } };
    expect(alarm("redis_full", reporting)).toMatchObject({
      ...reported,
      metric_name: "MemoryUsed",
      statistic: "Maximum",
      threshold: 90,
      evaluation_periods: 5,
    });
    // Nine tenths of the container, of which `maxmemory` is 45 %. Its memory in ECS includes files.
    expect(alarm("redis_memory", reporting)).toMatchObject({
      ...reported,
      metric_name: "MemoryResident",
      threshold: 200,
    });
    expect(alarm("redis_no_metrics", reporting)).toMatchObject({
      ...reported,
      metric_name: "Clients",
      comparison_operator: "LessThanThreshold",
      threshold: 1,
      treat_missing_data: "breaching",
    });
    expect(alarm("redis_loading", reporting)).toMatchObject({
      ...reported,
      metric_name: "Loading",
      statistic: "Minimum",
      threshold: 0,
      evaluation_periods: 10,
    });
    const fuller = devWith({ alarms, redis: { maxmemoryPercent: 75 } });
    expect(alarm("redis_full", fuller)).toMatchObject({ threshold: 67 });
    expect(alarm("redis_append", reporting)).toMatchObject({
      ...reported,
      metric_name: "AppendFailed",
      comparison_operator: "GreaterThanThreshold",
      threshold: 0,
      treat_missing_data: "notBreaching",
    });
  });

  it("watch for the configured number of the app's tasks", () => {
    const app = { ...minimalEnvironment.app, desiredCount: 4 };
    expect(alarm("app_tasks_missing", devWith({ alarms, app }))).toMatchObject({
      dimensions: { ServiceName: "dev-app" },
      threshold: 4,
    });
  });

  it("do not include the load balancer for a worker", () => {
    const app = { ...minimalEnvironment.app, loadBalancer: false } as const;
    const worker = ids(devWith({ alarms, app }));
    expect(worker).not.toContain("app_errors");
    expect(worker).not.toContain("app_no_healthy_host");
    expect(worker).toContain("app_tasks_missing");
  });

  it("watch burst credits but not scaling of existing resources", () => {
    const existing = devWith({ ...existingParts, alarms });
    expect(ids(existing)).toContain("efs_burst_credits");
    expect(ids(existing)).not.toContain("hosts_missing");
    expect(alarm("redis_not_running", existing)).toMatchObject({
      dimensions: { ClusterName: "games" },
    });
  });
});

describe("the topic of alarms", () => {
  it("is encrypted only with a configured key, because CloudWatch cannot use that of SNS", () => {
    expect(one(template, "aws_sns_topic")).not.toHaveProperty("kms_master_key_id");
    const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b";
    const encrypted = devWith({ alarms: { ...alarms, kmsKeyArn } });
    expect(one(encrypted, "aws_sns_topic")["kms_master_key_id"]).toBe(kmsKeyArn);
  });

  it("can be an existing one, which is not changed", () => {
    const topicArn = "arn:aws:sns:eu-west-1:999999999999:oncall";
    const existing = devWith({ alarms: { topicArn } });
    expect(alarm("redis_memory", existing)["alarm_actions"]).toEqual([topicArn]);
    const targets = all(existing, "aws_cloudwatch_event_target").map(([, each]) => each["arn"]);
    expect(targets).toEqual([topicArn, topicArn]);
    for (const type of ["aws_sns_topic", "aws_sns_topic_policy", "aws_sns_topic_subscription"]) {
      expect(all(existing, type)).toEqual([]);
    }
  });
});

describe("a stop of Redis", () => {
  it("is reported with the reason", () => {
    expect(message("redis_stopped").text).toMatch(
      /^Redis of dev stopped at <time> \(<code>: <reason>\)/,
    );
  });
});

/** The message for an event. */
function message(id: string) {
  const target = one(template, "aws_cloudwatch_event_target", `operation_alarms_${id}_target`);
  const { input_paths, input_template } = target["input_transformer"] as {
    input_paths: Record<string, string>;
    input_template: string;
  };
  return { paths: input_paths, text: JSON.parse(input_template) as string, rule: target["rule"] };
}

describe("the message of every event", () => {
  it.each(["redis_stopped", "app_deployment_failed", "backup_failed"])(
    "uses exactly the defined parts of the event: %s",
    (id) => {
      const { paths, text, rule } = message(id);
      const names = [...text.matchAll(/<(\w+)>/g)].map(([, name]) => name);
      expect(new Set(names)).toEqual(new Set(Object.keys(paths)));
      expect(rule).toBe(`\${aws_cloudwatch_event_rule.operation_alarms_${id}.name}`);
    },
  );
});

describe("a failed backup", () => {
  const id = "operation_alarms_backup_failed";

  it("is reported", () => {
    const pattern = one(template, "aws_cloudwatch_event_rule", id)["event_pattern"];
    expect(JSON.parse(String(pattern))).toMatchObject({
      source: ["aws.backup"],
      detail: { state: ["FAILED", "ABORTED", "EXPIRED"], backupVaultName: ["dev-redis"] },
    });
  });

  it("has no rule without backups", () => {
    const rules = all(devWith({ alarms }), "aws_cloudwatch_event_rule").map(([rule]) => rule);
    expect(rules).not.toContain(id);
  });
});

describe("a failed copy of a backup", () => {
  const id = "operation_alarms_backup_not_copied";

  it("is reported if copies are configured", () => {
    const copied = devWith({ alarms, backup: { copy: { region: "eu-central-1" } } });
    const pattern = one(copied, "aws_cloudwatch_event_rule", id)["event_pattern"];
    expect(JSON.parse(String(pattern))).toEqual({
      source: ["aws.backup"],
      "detail-type": ["Copy Job State Change"],
      detail: {
        state: ["FAILED", "PARTIAL"],
        sourceBackupVaultArn: ["arn:aws:backup:eu-west-1:123456789012:backup-vault:dev-redis"],
      },
    });
    const rules = all(template, "aws_cloudwatch_event_rule").map(([rule]) => rule);
    expect(rules).not.toContain(id);
  });
});

describe("the event rule of a task", () => {
  it.each(["backup", "backup-copy", "app-deployment", "redis-deployment", "search-deployment"])(
    "has a unique name, also for a task named %s",
    (task) => {
      const tasks = { [task]: { command: ["node", "clean.js"] } };
      const services = { search: { image: "example/search:1", port: 80 } };
      const given = devWith({ alarms, backup: {}, tasks, services });
      const names = all(given, "aws_cloudwatch_event_rule").map(([, rule]) => rule["name"]);
      expect(names).toContain(`dev-${task}-task-failed`);
      expect(new Set(names).size).toBe(names.length);
    },
  );
});

function subscriptions(emails: string[]): Map<string, unknown> {
  return new Map(all(devWith({ alarms: { emails } }), "aws_sns_topic_subscription"));
}

describe("the addresses of alarms", () => {
  it("keep their subscriptions when another one is removed or the order changes", () => {
    const [first, second, third] = ["a.b@example.com", "a_b@example.com", "c@example.com"] as const;
    const before = subscriptions([first, second, third]);
    expect(before.size).toBe(3);
    const after = subscriptions([third, second]);
    expect(after.size).toBe(2);
    for (const [id, subscription] of after) expect(before.get(id)).toEqual(subscription);
  });
});

describe("alarms that are refused", () => {
  const key = "arn:aws:kms:us-east-1:123456789012:key/0a1b";

  it.each<[string, object, string]>([
    ["without recipients", { alarms: {} }, "alarms.emails:"],
    ["with a wrong address", { alarms: { emails: ["oncall"] } }, "alarms.emails.0:"],
    [
      "with a topic and addresses",
      { alarms: { topicArn: "arn:aws:sns:eu-west-1:123456789012:oncall", emails: ["a@b.cd"] } },
      "alarms.emails:",
    ],
    [
      "with a topic of another region",
      { alarms: { topicArn: "arn:aws:sns:us-east-1:123456789012:oncall" } },
      "alarms.topicArn: got",
    ],
    [
      "with a key of another region",
      { alarms: { ...alarms, kmsKeyArn: key } },
      "alarms.kmsKeyArn: got",
    ],
    [
      "without Container Insights",
      { alarms, cluster: { containerInsights: "disabled" } },
      "cluster.containerInsights:",
    ],
    ["with a key for logs in another region", { logKmsKeyArn: key }, "logKmsKeyArn: got"],
    [
      "with a key for the file system in another region",
      { fileSystem: { kmsKeyArn: key } },
      "fileSystem.kmsKeyArn: got",
    ],
    [
      "with a key for backups in another region",
      { backup: { kmsKeyArn: key } },
      "backup.kmsKeyArn",
    ],
  ])("are those %s", (_, changes, line) => {
    expect(refusedLines(changes)).toEqual([expect.stringContaining(line)]);
  });
});
