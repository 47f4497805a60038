import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readTemplate, type Template } from "../../../harness/ecs/index.ts";
import { ensureDefined } from "../../../stacks/config/ensure-defined.ts";
import { backupCopyScript } from "../../../stacks/redis/redis-container.ts";

const folder = path.join(import.meta.dirname, "../../../modules/redis/examples/production");
const known = { parameters: {}, namespaces: { "ns-0123abcd": "prod-ecs" }, drawn: new Map() };
const { plan, declared } = await readTemplate(folder, known);

const argumentsOf = (address: string) => ensureDefined(declared.get(address), address).arguments;

/** The only container of a task definition, or its first one. */
const containerOf = (address: string) =>
  ensureDefined(plan.taskDefinitions.get(address)?.containers[0], address);

/** Reads the example after a change of its file main.tf. */
async function readChanged(from: string | RegExp, to: string): Promise<Template> {
  const copy = await mkdtemp(path.join(tmpdir(), "example-"));
  try {
    await cp(folder, copy, { recursive: true });
    const main = readFileSync(path.join(folder, "main.tf"), "utf8");
    const changed = main.replace(from, to);
    expect(changed).not.toBe(main);
    const source = path.relative(copy, path.join(folder, "../.."));
    await writeFile(path.join(copy, "main.tf"), changed.replace('"../.."', `"${source}"`));
    return await readTemplate(copy, known);
  } finally {
    await rm(copy, { recursive: true });
  }
}

describe("the production example", () => {
  it("gives the app the name and the password of Redis, and the rights to use them", () => {
    const app = containerOf("aws_ecs_task_definition.app");
    expect(app.environment).toMatchObject({ REDIS_URL: "redis+srv://prod-redis.prod-ecs" });
    expect(app.secrets).toMatchObject([
      {
        name: "REDIS_PASSWORD",
        secret: "module.redis.aws_secretsmanager_secret.password_secret",
      },
    ]);
    expect(argumentsOf("aws_iam_role_policy.app_password")["policy"]).toContain("kms:Decrypt");
    expect(argumentsOf("aws_iam_role_policy.app_redis")["policy"]).toContain("DiscoverInstances");
  });

  it("copies, backs up and protects the file system that Redis uses after a restore", async () => {
    const restored = await readChanged(
      /file_system += \{.*\}/,
      'file_system = { id = "fs-0ff0", path = "/redis" }',
    );
    const mounts = (address: string) =>
      restored.plan.taskDefinitions.get(address)?.containers[0]?.mounts;
    const redis = mounts(
      "module.redis.module.service.aws_ecs_task_definition.discovered_task_definition",
    );
    expect(redis).toMatchObject([{ directory: "fs-0ff0/redis" }]);
    expect(mounts("aws_ecs_task_definition.copy")).toEqual(redis);
    const given = (address: string) =>
      ensureDefined(restored.declared.get(address), address).arguments;
    const arn = "arn:aws:elasticfilesystem:eu-central-1:111111111111:file-system/fs-0ff0";
    expect(given("aws_backup_selection.redis")["resources"]).toEqual([arn]);
    const policy = given("aws_efs_file_system_policy.redis");
    expect(policy["file_system_id"]).toBe("fs-0ff0");
    const { Statement } = JSON.parse(String(policy["policy"])) as {
      Statement: { Resource: string }[];
    };
    expect(new Set(Statement.map(({ Resource }) => Resource))).toEqual(new Set([arn]));
  });

  it("stops the copies with Redis", async () => {
    const state = "aws_scheduler_schedule.copy";
    expect(argumentsOf(state)).toMatchObject({ state: "ENABLED" });
    const stopped = await readChanged("stopped = false", "stopped = true");
    expect(stopped.declared.get(state)?.arguments).toMatchObject({ state: "DISABLED" });
    expect(
      stopped.plan.services.map(({ name, desiredCount }) => [name, desiredCount]),
    ).toContainEqual(["prod-redis", 0]);
  });

  it("copies the data of Redis in its folder, with its command", () => {
    const copy = containerOf("aws_ecs_task_definition.copy");
    expect(copy.command).toEqual(["sh", "-c", backupCopyScript]);
    const redis = containerOf(
      "module.redis.module.service.aws_ecs_task_definition.discovered_task_definition",
    );
    expect(copy.mounts).toEqual(redis.mounts);
    expect(copy.image).toBe(redis.image);
    expect(copy.user).toBe(redis.user);
  });

  it("starts Redis after the hosts can mount its data", () => {
    const redis = plan.services.find(({ name }) => name === "prod-redis");
    expect(redis?.dependsOn).toEqual(
      expect.arrayContaining([
        'aws_efs_mount_target.redis["a"]',
        'aws_efs_mount_target.redis["b"]',
        "aws_vpc_security_group_ingress_rule.efs_from_hosts",
      ]),
    );
  });

  it("keeps the file system, the key and the backups", () => {
    for (const kept of ["aws_efs_file_system.redis", "aws_kms_key.redis", "aws_backup_vault.redis"])
      expect(declared.get(kept)?.lifecycle, kept).toMatchObject({ prevent_destroy: true });
  });

  it("encrypts with its own key all that has a key", () => {
    const keys = [...declared.values()].flatMap(({ address, arguments: given }) =>
      ["kms_key_id", "kms_key_arn", "kms_master_key_id"].flatMap((name) =>
        name in given && given[name] !== null ? [[address, given[name]]] : [],
      ),
    );
    const arn = "⟨aws_kms_key.redis.arn⟩";
    expect(Object.fromEntries(keys)).toEqual({
      "aws_backup_vault.redis": arn,
      "aws_efs_file_system.redis": arn,
      "aws_sns_topic.alarms": arn,
      "module.redis.module.service.aws_cloudwatch_log_group.discovered_log": arn,
      "module.redis.aws_secretsmanager_secret.password_secret": arn,
      "module.redis.aws_secretsmanager_secret.password_secret_b": arn,
    });
  });

  it("reserves the ports of tasks in the version of the template that hosts get, and lets hosts connect to these", () => {
    expect(argumentsOf("aws_launch_template.hosts")).toMatchObject({
      update_default_version: true,
    });
    const script = readFileSync(path.join(folder, "hosts.sh"), "utf8");
    const range = /ECS_DYNAMIC_HOST_PORT_RANGE=(\d+)-(\d+)/.exec(script);
    const [, from = "", to = ""] = range ?? [];
    expect(script).toContain(`net.ipv4.ip_local_reserved_ports = ${from}-${to}`);
    expect(argumentsOf("aws_vpc_security_group_ingress_rule.hosts_from_hosts")).toMatchObject({
      from_port: Number(from),
      to_port: Number(to),
    });
  });
});
