import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../harness/ecs/index.ts";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { policyDocument } from "../../../stacks/aws/policy.ts";
import { readSecrets } from "../../../stacks/aws/secret-access.ts";
import { discover } from "../../../stacks/discovery/discovery.ts";
import { passwordRotation } from "../../../stacks/redis/password-rotation.ts";
import { existingParts, minimalEnvironment, templateOf } from "../../stacks/support/template.ts";
import {
  called,
  inStack,
  leastInputs,
  partOf,
  resourcesOf,
  surroundingsOf,
  written,
} from "./called.ts";

const known = {
  parameters: {},
  namespaces: { "ns-0123": existingParts.namespace.name },
  drawn: new Map<string, string>(),
};

/** The addresses in an environment that the module has too. Its alarms and notices are in one construct. */
const modulePart =
  /^(aws_(?!cloudwatch_event)\w+|ephemeral\.\w+)\.(storage|password|redis|discovery_redis|efs)(_|$)/;

/** Gives the names of both the same form. */
const renamed = (text: string) =>
  text
    .replaceAll("module.redis.", "")
    // Its service is one of the module discovered-service.
    .replaceAll("module.service.", "")
    .replaceAll("discovered", "redis")
    // In a stack, alarms are of the environment.
    .replaceAll("operation_alarms_", "")
    .replaceAll(/games-redis-efs-(?=io-limit|burst-credits)/g, "games-efs-")
    // The module has two variants of an alarm, of which one exists.
    .replaceAll(/(redis_(?:full|memory))_reported/g, "$1")
    // In a stack, subnets and hosts have a number.
    .replaceAll(/(storage_mount_target)\[\\?"a\\?"\]/g, "$1_0")
    .replaceAll(/(storage_mount_target)\[\\?"b\\?"\]/g, "$1_1")
    .replaceAll("storage_from_hosts[0]", "storage_from_hosts_0")
    .replaceAll(/((?:storage|redis|efs)_\w+)\[0\]/g, "$1")
    .replaceAll("/ecs/games-redis", "/ecs/games/redis")
    // The module has the cluster's name, and builds the ARN.
    .replaceAll(
      `arn:aws:ecs:eu-central-1:${base.account}:cluster/games`,
      "⟨aws_ecs_cluster.cluster_ecs.arn⟩",
    );

const provider = {
  provider: { aws: { region: "cn-north-1", allowed_account_ids: ["111111111111"] } },
};

const subnets = { a: "subnet-0a", b: "subnet-0b" };
const least = { ...leastInputs, name: "dev-redis", subnets };
/** A folder on an existing file system. */
const onFileSystem = { file_system: { id: "fs-0123", path: "/redis" }, subnets: {} };
const topics = ["arn:aws:sns:eu-central-1:111111111111:t"];
const key = "arn:aws:kms:eu-central-1:111111111111:key/0";
const boundary = "arn:aws:iam::111111111111:policy/boundary";

const base = {
  ...minimalEnvironment,
  account: "111111111111",
  region: "eu-central-1",
} satisfies EnvironmentInput;

/** The inputs of the module for the existing parts of an environment. */
const onExistingParts = {
  cluster_name: existingParts.cluster.name,
  vpc_id: existingParts.network.vpcId,
  host_security_group_ids: ["sg-01"],
  namespace: { ...least.namespace, name: existingParts.namespace.name },
  alarm_topic_arns: topics,
};

/** Settings of an environment, and the same as inputs of the module. */
const cases: [string, Partial<EnvironmentInput>, Readonly<Record<string, unknown>>][] = [
  ["the defaults", {}, inStack],
  [
    "ECS Exec, metrics and alarms",
    { exec: true, redis: { metrics: true }, alarms: { topicArn: topics[0] ?? "" } },
    { ...inStack, exec: true, metrics: true, alarm_topic_arns: topics },
  ],
  [
    "a Redis that is stopped",
    { redis: { stopped: true }, alarms: { topicArn: topics[0] ?? "" } },
    { ...inStack, stopped: true, alarm_topic_arns: topics },
  ],
  [
    "other values for everything",
    {
      logRetentionDays: 7,
      logKmsKeyArn: key,
      permissionsBoundaryArn: boundary,
      fileSystem: { kmsKeyArn: key },
      alarms: { topicArn: topics[0] ?? "" },
      redis: {
        image: "redis:7.4",
        majorVersion: 7,
        memory: 1000,
        cpu: 300,
        maxmemoryPercent: 60,
        maxmemoryPolicy: "volatile-lru",
        appendfsync: "always",
        parameters: { "client-output-buffer-limit": "normal 0 0 0", timeout: "10" },
        modules: false,
        dnsTtl: 3,
        healthCheck: { interval: 30, timeout: 60, retries: 10 },
        passwordVersion: 4,
      },
    },
    {
      ...inStack,
      log_retention_days: 7,
      log_kms_key_arn: key,
      permissions_boundary_arn: boundary,
      kms_key_arn: key,
      alarm_topic_arns: topics,
      image: "redis:7.4",
      major_version: 7,
      memory: 1000,
      cpu: 300,
      maxmemory_percent: 60,
      maxmemory_policy: "volatile-lru",
      appendfsync: "always",
      parameters: { timeout: "10", "client-output-buffer-limit": "normal 0 0 0" },
      modules: false,
      dns_ttl: 3,
      health_check: { interval: 30, timeout: 60, retries: 10 },
      password_version: 4,
    },
  ],
  [
    "an existing network, cluster, namespace and file system",
    { ...existingParts, alarms: { topicArn: topics[0] ?? "" } },
    { ...onExistingParts, file_system: { id: "fs-0123", path: "/games/redis" } },
  ],
  [
    "a new folder on an existing file system",
    {
      ...existingParts,
      fileSystem: { ...existingParts.fileSystem, create: true },
      alarms: { topicArn: topics[0] ?? "" },
    },
    { ...onExistingParts, file_system: { id: "fs-0123", path: "/games/redis", create: true } },
  ],
];

/** Inputs of the module that an environment has no field for, with the reason. */
const inModuleAlone: Readonly<Record<string, string>> = {
  name_prefix: "names in a stack begin with the environment's, which is unique in an account",
  execution_role: "a stack has roles of its own",
  task_role: "a stack has roles of its own",
  placement_constraints: "the hosts of a stack are of one kind, unless its user writes TypeScript",
  wait_for_steady_state: "a deploy that does not wait would succeed while Redis is down",
  secret_kms_key_arn: "a stack's user changes the secret in TypeScript; few accounts demand a key",
  force_new_deployment: "a field of an existing cluster, for all its services",
  tags: "the stacks set default tags of the provider",
};

/** The message of the stacks for any broken condition of an image. */
const LOCKABLE = "image: ";

/** A stack's cluster logs the sessions of ECS Exec, and its tasks may write there. The module has no cluster. */
const withoutSessionLogs = <Value>(resources: Value): Value =>
  JSON.parse(
    JSON.stringify(resources, (_, value: unknown) =>
      Array.isArray(value)
        ? value.filter(
            (each: { Action?: unknown; Resource?: unknown } | null) =>
              String(each?.Action) !== "logs:DescribeLogGroups" &&
              !String(each?.Resource).includes(":log-group:/ecs-exec/"),
          )
        : value,
    ),
  ) as Value;

/** The arguments of the ECS service. */
const service = async (inputs: object) => {
  const { declared } = await called("redis", { ...least, ...inputs }, provider);
  return declared.get("module.redis.module.service.aws_ecs_service.discovered_service")?.arguments;
};

describe("the module redis", () => {
  it.each(cases)("equals a stack with %s, except names", async (_what, environment, inputs) => {
    const all = { games: { ...base, ...environment } };
    const stack = templateOf(all, "games");
    const module = await called(
      "redis",
      { name: "games-redis", secret_recovery_window_days: 0, ...inputs },
      surroundingsOf(stack),
    );
    const found = partOf(resourcesOf(module, renamed), modulePart);
    const wanted = withoutSessionLogs(resourcesOf(await readTemplate(stack.json, known), renamed));
    expect(Object.keys(found).length).toBeGreaterThan(15);
    expect(found).toEqual(partOf(wanted, modulePart));
  });

  it("has no other input than an environment has, except those with a reason", async () => {
    const { variables } = await written("redis");
    const compared = cases.flatMap(([, , inputs]) => Object.keys(inputs));
    const always = ["name", "secret_recovery_window_days"];
    const alone = Object.keys(inModuleAlone);
    expect([...variables.keys()].toSorted()).toEqual(
      [...new Set([...compared, ...always]), ...alone].toSorted(),
    );
  });

  it("changes nothing but the number of tasks and the alarms' actions if it is stopped", async () => {
    const inputs = { ...least, alarm_topic_arns: topics, metrics: true };
    const running = resourcesOf(await called("redis", inputs, provider));
    const stopped = resourcesOf(await called("redis", { ...inputs, stopped: true }, provider));
    const address = "module.redis.module.service.aws_ecs_service.discovered_service";
    expect(running[address]).toMatchObject({ given: { desired_count: 1 } });
    const expected = Object.entries(running).map(([each, resource]) => {
      const { given } = resource as { given: object };
      if (each === address) return { ...Object(resource), given: { ...given, desired_count: 0 } };
      if (!each.includes("alarm")) return resource;
      return { ...Object(resource), given: { ...given, actions_enabled: false } };
    });
    expect(Object.values(stopped)).toEqual(expected);
  });

  it("lets those who read the passwords decrypt them with their key, and with no other", async () => {
    const execution = { input: "${module.redis.execution_policy_json}" };
    const resource = { terraform_data: { execution } };
    const inputs = { ...least, secret_kms_key_arn: key };
    const { declared } = await called("redis", inputs, { ...provider, resource });
    const role =
      "module.redis.module.service.aws_iam_role_policy.discovered_roles_execution_secrets[0]";
    const policy = String(declared.get("terraform_data.execution")?.arguments["input"]);
    expect(declared.get(role)?.arguments["policy"]).toBe(policy);
    expect(JSON.parse(policy)).toMatchObject({
      Statement: [
        { Action: "secretsmanager:GetSecretValue" },
        {
          Effect: "Allow",
          Action: "kms:Decrypt",
          Resource: key,
          Condition: {
            StringLike: { "kms:ViaService": "secretsmanager.cn-north-1.amazonaws.com*" },
          },
        },
      ],
    });
    const secrets = [...declared.values()].filter(({ type }) => type.endsWith("manager_secret"));
    expect(secrets.map((secret) => secret.arguments["kms_key_id"])).toEqual([key, key]);
  });

  it.each([
    ["as little as it may be", least],
    ["a key for the file system", { ...least, kms_key_arn: key }],
    [
      "all there is",
      {
        ...least,
        capacity_provider: "hosts",
        ...onFileSystem,
        parameters: { timeout: "10" },
        log_kms_key_arn: key,
        alarm_topic_arns: topics,
        metrics: true,
        exec: true,
      },
    ],
  ])("has no expression that the local ECS cannot evaluate, given %s", async (_what, inputs) => {
    const { outputs: declared } = await written("redis");
    const outputs = [...declared.keys()].map((name) => [name, `\${module.redis.${name}}`]);
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
      8,
    ],
    [
      "a file system that may burst",
      {
        alarm_topic_arns: topics,
        ...onFileSystem,
      },
      7,
    ],
  ])("has with %s the alarms that can be raised", async (_what, inputs, count) => {
    const { declared } = await called("redis", { ...least, ...inputs }, provider);
    const alarms = [...declared.values()].filter(({ type }) => type.includes("alarm"));
    expect(alarms.length).toBe(count);
  });

  it("gives an app the rights that it has in a stack", async () => {
    const client = { input: "${module.redis.client_policy_json}" };
    const execution = { input: "${module.redis.execution_policy_json}" };
    const resource = { terraform_data: { client, execution } };
    const { declared } = await called("redis", least, { ...provider, resource });
    const given = (id: string): unknown =>
      JSON.parse(String(declared.get(`terraform_data.${id}`)?.arguments["input"]));
    expect(given("client")).toEqual(JSON.parse(policyDocument(discover("dev-ecs", "dev-redis"))));
    const secret = "module.redis.aws_secretsmanager_secret.password_secret";
    expect(given("execution")).toEqual(
      JSON.parse(policyDocument(...readSecrets([`⟨${secret}.arn⟩`, `⟨${secret}_b.arn⟩`]))),
    );
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

  it("needs an existing folder on an existing file system, unless it creates one", async () => {
    const address = "module.redis.aws_efs_access_point.storage_access_point";
    const creation = async (create?: boolean): Promise<unknown> => {
      const file_system = { ...onFileSystem.file_system, create };
      const inputs = { ...least, ...onFileSystem, file_system };
      const { declared } = await called("redis", inputs, provider);
      const root = Object(declared.get(address)?.arguments["root_directory"]) as object;
      expect(root).toMatchObject({ path: "/redis" });
      return "creation_info" in root ? root.creation_info : undefined;
    };
    expect(await creation()).toBeUndefined();
    expect(await creation(false)).toBeUndefined();
    expect(await creation(true)).toEqual({ owner_uid: 999, owner_gid: 999, permissions: "0700" });
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
      return [address.replace(/^(module\.\w+\.)+/, "").split(".")[0] ?? "", given.tags] as const;
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

  it("has the prefix in every name but the DNS name", async () => {
    const inputs = { ...least, alarm_topic_arns: topics, metrics: true };
    const texts = await Promise.all(
      [inputs, { ...inputs, name_prefix: "use1-redis" }].map(async (each) => {
        const resources = resourcesOf(await called("redis", each, provider));
        return Object.entries(resources).map((resource) => JSON.stringify(resource));
      }),
    );
    const [without = [], prefixed = []] = texts;
    expect(prefixed.filter((text) => text.includes("dev-redis"))).toEqual([
      expect.stringContaining("module.service.aws_service_discovery_service."),
    ]);
    const renamedBack = prefixed.map((text) => text.replaceAll("use1-redis", "dev-redis"));
    expect(renamedBack).toEqual(without);
  });

  it("uses existing roles, and makes none", async () => {
    const path = "arn:aws:iam::111111111111:role/path";
    const inputs = {
      execution_role: { arn: `${path}/pull` },
      task_role: { arn: `${path}/mount` },
      exec: true,
    };
    const outputs = ["execution_role_name", "task_role_name", "task_policy_json"];
    const input = Object.fromEntries(outputs.map((name) => [name, `\${module.redis.${name}}`]));
    const resource = { terraform_data: { outputs: { input } } };
    const template = await called("redis", { ...least, ...inputs }, { ...provider, resource });
    const { declared } = template;
    expect([...declared.keys()].filter((address) => address.includes("aws_iam"))).toEqual([]);
    expect(
      declared.get("module.redis.module.service.aws_ecs_task_definition.discovered_task_definition")
        ?.arguments,
    ).toMatchObject({
      execution_role_arn: inputs.execution_role.arn,
      task_role_arn: inputs.task_role.arn,
    });
    const policy = declared.get("module.redis.aws_efs_file_system_policy.storage_policy[0]");
    expect(policy?.arguments["policy"]).toContain(inputs.task_role.arn);
    expect(declared.get("terraform_data.outputs")?.arguments["input"]).toMatchObject({
      execution_role_name: "pull",
      task_role_name: "mount",
      task_policy_json: expect.stringContaining("elasticfilesystem:ClientMount") as unknown,
    });
  });

  it("lets the hosts of every security group mount the file system", async () => {
    const inputs = { ...least, host_security_group_ids: ["sg-0a", "sg-0b"] };
    const { declared } = await called("redis", inputs, provider);
    const rules = [...declared.values()].filter(({ type }) => type.endsWith("ingress_rule"));
    const groups = rules.map(({ arguments: given }) => given["referenced_security_group_id"]);
    expect(groups).toEqual(["sg-0a", "sg-0b"]);
  });

  it("has the ARNs of both passwords and of the log group as outputs", async () => {
    const outputs = {
      a: "password_secret_arns.a",
      b: "password_secret_arns.b",
      log: "log_group_arn",
    };
    const input = Object.fromEntries(
      Object.entries(outputs).map(([each, name]) => [each, `\${module.redis.${name}}`]),
    );
    const resource = { terraform_data: { outputs: { input } } };
    const { declared } = await called("redis", least, { ...provider, resource });
    const secret = "module.redis.aws_secretsmanager_secret.password_secret";
    expect(declared.get("terraform_data.outputs")?.arguments["input"]).toMatchObject({
      a: `⟨${secret}.arn⟩`,
      b: `⟨${secret}_b.arn⟩`,
      log: "arn:aws-cn:logs:cn-north-1:111111111111:log-group:/ecs/dev-redis",
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
      SERVER_MAXMEMORY: "450mb",
      SERVER_MAXMEMORY_POLICY: "noeviction",
      SERVER_MODULES: "false",
      SERVER_PARAMETERS: "--client-output-buffer-limit normal 0 0 0 --timeout 10",
    });
  });

  it.each([
    [{ name: "Dev Redis" }, "name: "],
    [{ subnets: { a: "subnet-0a" } }, "subnets: "],
    // As in a configuration from which file_system was removed.
    [{ subnets: {} }, "subnets: 2 or more "],
    [{ subnets: { a: "subnet-0a", b: "subnet-0a" } }, "subnets: "],
    [{ subnets: { a: "subnet-0a", b: null } }, "subnets: "],
    [{ tags: { "aws:team": "a" } }, "tags: "],
    [{ tags: { team: "a", Team: "b" } }, "tags: "],
    [{ permissions_boundary_arn: "edge" }, "permissions_boundary_arn: "],
    [{ health_check: { interval: 10 } }, "health_check: interval is "],
    [{ secret_recovery_window_days: 1 }, "secret_recovery_window_days: "],
    [{ file_system: { id: "fs-0123", path: "/" }, subnets: {} }, "not the root"],
    [{ file_system: { id: "fs-0123", path: "/redis" } }, "subnets: none with file_system"],
    [{ namespace: { ...least.namespace, vpc_id: "vpc-0ff" } }, "namespace: "],
    [{ file_system: { id: "fs-0123" } }, "file_system: "],
    [{ image: "redis:latest" }, LOCKABLE],
    [{ image: "redis:7.4" }, "major_version: "],
    [{ parameters: { timeout: "1; reboot" } }, "parameters: "],
    [{ parameters: { timeout: "300 --appendonly no --maxmemory 0" } }, "parameters: words "],
    [{ maxmemory_percent: 76 }, "maxmemory_percent: "],
    [{ placement_constraints: [{ type: "spread" }] }, "placement_constraints: type is "],
    [{ placement_constraints: [{ type: "memberOf" }] }, "placement_constraints: expression is "],
    [{ secret_kms_key_arn: "alias/secrets" }, "secret_kms_key_arn: "],
    [
      {
        kms_key_arn: "arn:aws:kms:eu-central-1:111111111111:key/0",
        ...onFileSystem,
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
