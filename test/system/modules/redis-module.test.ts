import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { readTemplate } from "../../../harness/ecs/index.ts";
import { deployTimeout } from "../../../stacks/redis/redis-restarts.ts";
import { passwordRotation } from "../../../stacks/redis/password-rotation.ts";
import { moduleJson } from "../../../tools/modules/module-definition.ts";
import { redisModule } from "../../../tools/modules/redis-module.ts";
import { templateOf } from "../../stacks/support/template.ts";
import {
  called,
  inStack,
  leastInputs,
  type Resources,
  resourcesOf,
  subnetsInStack,
  surroundingsOf,
} from "./called.ts";

const known = {
  parameters: { "/dev/app/image": "app:1", "/prod/app/image": "app:1", "/prod/app/api-key": "key" },
  drawn: new Map<string, string>(),
};

/** The addresses in an environment that the module has too. */
const modulePart = /^(aws_\w+|ephemeral\.\w+)\.(storage|password|redis|discovery_redis)(_|$)/;

/** Maps the module's names to the stack's. */
const asInStack = (environment: string, account: string) => (text: string) =>
  text
    .replaceAll("module.redis.", "")
    .replaceAll(/(storage_mount_target)\[\\?"(\w)\\?"\]/g, (_, id: string, zone: string) =>
      [id, zone === "a" ? 0 : 1].join("_"),
    )
    .replaceAll("storage_from_hosts[0]", "storage_from_hosts_0")
    .replaceAll(/(storage_\w+)\[0\]/g, "$1")
    .replaceAll(`/ecs/${environment}-redis`, `/ecs/${environment}/redis`)
    .replaceAll(
      `arn:aws:ecs:eu-central-1:${account}:cluster/${environment}`,
      "⟨aws_ecs_cluster.cluster_ecs.arn⟩",
    );

const only = (resources: Resources, pattern: RegExp): Resources =>
  Object.fromEntries(Object.entries(resources).filter(([address]) => pattern.test(address)));

const provider = {
  provider: { aws: { region: "cn-north-1", allowed_account_ids: ["111111111111"] } },
};

/** The message of the stacks for any broken condition of an image. */
const LOCKABLE = "image: ";

const subnets = { a: "subnet-0a", b: "subnet-0b" };
const least = { ...leastInputs, name: "dev-redis", subnets };

/** The arguments of the ECS service. */
const service = async (inputs: object) => {
  const { declared } = await called("redis", { ...least, ...inputs }, provider);
  return declared.get("module.redis.aws_ecs_service.redis_service")?.arguments;
};

describe("the module redis", () => {
  it("equals dev with the values of dev, except names", async () => {
    const { redis, exec } = environments.dev;
    const dev = templateOf(environments, "dev");
    const inputs = {
      name: "dev-redis",
      memory: redis.memory,
      dns_ttl: redis.dnsTtl,
      exec,
      secret_recovery_window_days: 0,
    };
    const module = await called(
      "redis",
      { ...inputs, ...inStack, subnets: subnetsInStack },
      surroundingsOf(dev),
    );
    const found = only(resourcesOf(module, asInStack("dev", "111111111111")), modulePart);
    const wanted = only(resourcesOf(await readTemplate(dev.json, known)), modulePart);
    expect(Object.keys(found).length).toBeGreaterThan(15);
    expect(found).toEqual(wanted);
  });

  it("has the Redis alarms of prod with the given topics", async () => {
    const topic = "arn:aws:sns:eu-central-1:222222222222:alarms";
    const prod = templateOf(environments, "prod");
    const { memory, metrics } = environments.prod.redis;
    const inputs = { name: "prod-redis", memory, metrics, alarm_topic_arns: [topic] };
    const module = await called(
      "redis",
      { ...inputs, ...inStack, subnets: subnetsInStack },
      surroundingsOf(prod),
    );
    const alarms = /^aws_cloudwatch_metric_alarm\.(operation_alarms_)?(redis|efs)_/;
    const untold = (resources: Resources) =>
      Object.values(only(resources, alarms)).map((alarm) => {
        const { given } = alarm as { given: Record<string, unknown> };
        const { alarm_actions: _alarm, ok_actions: _ok, ...rest } = given;
        return { ...rest, alarm_name: String(rest["alarm_name"]).replace("redis-efs", "efs") };
      });
    const found = untold(resourcesOf(module, asInStack("prod", "222222222222")));
    expect(found).toEqual(
      expect.arrayContaining(untold(resourcesOf(await readTemplate(prod.json, known)))),
    );
    expect(found.length).toBe(8);
    const [, alarm] =
      Object.entries(resourcesOf(module)).find(([key]) => key.includes("alarm")) ?? [];
    expect(alarm).toMatchObject({ given: { alarm_actions: [topic], ok_actions: [topic] } });
  });

  const topics = ["arn:aws:sns:eu-central-1:111111111111:t"];
  const key = "arn:aws:kms:eu-central-1:111111111111:key/0";

  it.each([
    ["as little as it may be", least],
    ["a key for the file system", { ...least, kms_key_arn: key }],
    [
      "all there is",
      {
        ...least,
        capacity_provider: "hosts",
        file_system: { id: "fs-0123", path: "/redis" },
        parameters: { timeout: "10" },
        log_kms_key_arn: key,
        alarm_topic_arns: topics,
        metrics: true,
        exec: true,
      },
    ],
  ])("has no expression that the local ECS cannot evaluate, given %s", async (_what, inputs) => {
    const outputs = Object.keys(redisModule.outputs).map((name) => [
      name,
      `\${module.redis.${name}}`,
    ]);
    const all = { terraform_data: { outputs: { input: Object.fromEntries(outputs) as object } } };
    const template = await called("redis", inputs, { ...provider, resource: all });
    const text = JSON.stringify(resourcesOf(template));
    expect(text).toContain("redis+srv://dev-redis.dev-ecs");
    expect(text).not.toMatch(/[$%]\{/);
  });

  it.each([
    ["no topic", {}, 0],
    ["a topic", { alarm_topic_arns: topics }, 6],
    [
      "a Redis that may evict any key",
      {
        alarm_topic_arns: topics,
        maxmemory_policy: "allkeys-lru",
        metrics: true,
      },
      7,
    ],
    [
      "a file system that may burst",
      {
        alarm_topic_arns: topics,
        file_system: { id: "fs-0123", path: "/redis" },
      },
      7,
    ],
  ])("has with %s the alarms that can be raised", async (_what, inputs, count) => {
    const { declared } = await called("redis", { ...least, ...inputs }, provider);
    const alarms = [...declared.values()].filter(({ type }) => type.includes("alarm"));
    expect(alarms.length).toBe(count);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("rotates passwords at step %d like a stack", async (step) => {
    const { inUse, draws } = passwordRotation(step);
    const output = { terraform_data: { arn: { input: "${module.redis.password_secret_arn}" } } };
    const inputs = { ...least, password_version: step };
    const { declared, plan } = await called("redis", inputs, { ...provider, resource: output });
    const prefix = "module.redis.aws_secretsmanager_secret";
    const draw = (id: string) =>
      declared.get(`${prefix}_version.${id}`)?.arguments["secret_string_wo_version"];
    expect({ a: draw("password_value"), b: draw("password_value_b") }).toEqual(draws);
    expect(declared.get("terraform_data.arn")?.arguments["input"]).toBe(
      `⟨${prefix}.password_secret${inUse === "a" ? "" : "_b"}.arn⟩`,
    );
    const [task] = [...plan.taskDefinitions.values()];
    expect(task?.containers[0]?.environment).toMatchObject({
      REDIS_PASSWORD_DRAWS: `a: ${draws.a}, b: ${draws.b}`,
    });
  });

  it("runs on any host of the cluster without a capacity provider", async () => {
    expect(await service({})).toMatchObject({
      launch_type: "EC2",
      capacity_provider_strategy: [],
      cluster: "arn:aws-cn:ecs:cn-north-1:111111111111:cluster/dev",
    });
    const provided = await service({ capacity_provider: "hosts" });
    expect(provided).toMatchObject({
      capacity_provider_strategy: [{ capacity_provider: "hosts", weight: 1 }],
    });
    expect(provided).not.toHaveProperty("launch_type");
  });

  it("uses an existing file system", async () => {
    const template = await called(
      "redis",
      { ...leastInputs, name: "dev-redis", file_system: { id: "fs-0123", path: "/games/redis" } },
      provider,
    );
    const efs = Object.entries(resourcesOf(template)).filter(([address]) =>
      address.includes("efs"),
    );
    expect(efs).toEqual([
      [
        "module.redis.aws_efs_access_point.storage_access_point",
        expect.objectContaining({
          given: expect.objectContaining({
            file_system_id: "fs-0123",
            root_directory: expect.objectContaining({ path: "/games/redis" }) as unknown,
          }) as unknown,
        }),
      ],
    ]);
    const [task] = [...template.plan.taskDefinitions.values()];
    expect(task?.containers[0]?.mounts[0]?.directory).toBe("fs-0123/games/redis");
  });

  it("has the given tags on every resource that can have tags, and keeps its own", async () => {
    const tags = { team: "games", Name: "other" };
    const template = await called(
      "redis",
      { ...least, tags, alarm_topic_arns: topics, file_system: null },
      provider,
    );
    const tagged = Object.entries(resourcesOf(template)).map(([address, resource]) => {
      const { given } = resource as { given: { tags?: Record<string, string> } };
      return [address.split(".")[2] ?? "", given.tags] as const;
    });
    const without = tagged.filter(([, found]) => found?.["team"] !== "games");
    expect(new Set(without.map(([type]) => type))).toEqual(
      new Set([
        "aws_efs_file_system_policy",
        "aws_efs_mount_target",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_secretsmanager_secret_version",
        // Not a resource.
        "ephemeral",
      ]),
    );
    const names = tagged.map(([, found]) => found?.["Name"]);
    expect(new Set(names)).toEqual(new Set([undefined, "other", "dev-redis", "dev-redis-efs"]));
  });

  it("waits long enough for any times of the health check", async () => {
    const health_check = { interval: 30, timeout: 60 };
    const { plan } = await called("redis", { ...least, health_check }, provider);
    const [task] = [...plan.taskDefinitions.values()];
    expect(task?.containers[0]?.healthCheck).toMatchObject({ ...health_check, retries: 10 });
    const longest = deployTimeout({ ...health_check, retries: 10 });
    const { resource } = moduleJson(redisModule);
    expect(resource["aws_ecs_service"]?.["redis_service"]?.["timeouts"]).toEqual({
      create: longest,
      update: longest,
    });
  });

  it("passes Redis settings in the container's environment", async () => {
    const { plan } = await called(
      "redis",
      {
        ...least,
        memory: 1000,
        modules: false,
        metrics: true,
        parameters: { timeout: "10", "client-output-buffer-limit": "normal 0 0 0" },
        image: "redis:7.4",
        major_version: 7,
      },
      provider,
    );
    const [task] = [...plan.taskDefinitions.values()];
    expect(task?.containers[0]?.environment).toEqual({
      REDIS_PASSWORD_DRAWS: "a: 1, b: 1",
      SERVER_APPENDFSYNC: "everysec",
      SERVER_MAXMEMORY: "750mb",
      SERVER_MAXMEMORY_POLICY: "noeviction",
      SERVER_MODULES: "false",
      SERVER_PARAMETERS: "--client-output-buffer-limit normal 0 0 0 --timeout 10",
    });
  });

  it.each([
    [{ name: "Dev Redis" }, "name: "],
    [{ subnets: { a: "subnet-0a" } }, "subnets: "],
    [{ subnets: { a: "subnet-0a", b: "subnet-0a" } }, "subnets: "],
    [{ subnets: { a: "subnet-0a", b: null } }, "subnets: "],
    [{ tags: { "aws:team": "a" } }, "tags: "],
    [{ tags: { team: "a", Team: "b" } }, "tags: "],
    [{ permissions_boundary_arn: "edge" }, "permissions_boundary_arn: "],
    [{ health_check: { interval: 10 } }, "health_check: interval is "],
    [{ secret_recovery_window_days: 1 }, "secret_recovery_window_days: "],
    [{ file_system: { id: "fs-0123", path: "/" } }, "not the root"],
    [{ namespace: { ...least.namespace, vpc_id: "vpc-0ff" } }, "namespace: "],
    [{ file_system: { id: "fs-0123" } }, "file_system: "],
    [{ image: "redis:latest" }, LOCKABLE],
    [{ image: "redis:7.4" }, "major_version: "],
    [{ parameters: { timeout: "1; reboot" } }, "its value text in quotes, such as 10000"],
    [
      {
        kms_key_arn: "arn:aws:kms:eu-central-1:111111111111:key/0",
        file_system: { id: "fs-0123", path: "/redis" },
      },
      "kms_key_arn: ",
    ],
  ])("refuses %j with the name of the variable and what is allowed", async (inputs, message) => {
    await expect(called("redis", { ...least, ...inputs }, provider)).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(message),
    });
  });
});
