import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../harness/ecs/index.ts";
import { policyDocument } from "../../../stacks/aws/policy.ts";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import type { ServiceInput } from "../../../stacks/config/services-schema.ts";
import { discover } from "../../../stacks/discovery/discovery.ts";
import { minimalEnvironment, templateOf } from "../../stacks/support/template.ts";
import {
  called,
  inStack,
  leastInputs,
  partOf,
  resourcesOf,
  surroundingsOf,
  written,
} from "./called.ts";

const known = { parameters: {}, drawn: new Map<string, string>() };
const provider = {
  provider: { aws: { region: "eu-central-1", allowed_account_ids: ["333333333333"] } },
};

const least = {
  ...leastInputs,
  subnets: { a: "subnet-0a", b: "subnet-0b" },
  name: "dev-search",
  image: "example.com/search:2.1.0",
  port: 9200,
};

const secretArn = "arn:aws:secretsmanager:eu-central-1:333333333333:secret:token-a1B2c3";
const parameterArn = "arn:aws:ssm:eu-central-1:333333333333:parameter/token";
const key = "arn:aws:kms:eu-central-1:333333333333:key/0";
const boundary = "arn:aws:iam::333333333333:policy/boundary";
const statement = { Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::a/*"] };

const base = {
  ...minimalEnvironment,
  account: "333333333333",
  region: "eu-central-1",
} satisfies EnvironmentInput;

/** The service `search` of an environment, other settings of it, and the same as inputs of the module. */
const cases: [
  string,
  ServiceInput,
  Partial<EnvironmentInput>,
  Readonly<Record<string, unknown>>,
][] = [
  ["the defaults", { image: "search:1", port: 9200 }, {}, {}],
  [
    "A records, and a network interface for each task",
    { image: "search:1", port: 9200, networkMode: "awsvpc", records: "A" },
    {},
    {
      network_mode: "awsvpc",
      records: "A",
      client_security_groups: { hosts: "${aws_security_group.cluster_security_group.id}" },
      dynamic_port_range: { from: 40_000, to: 49_999 },
    },
  ],
  [
    "SRV records, and a network interface for each task",
    { image: "search:1", port: 9200, networkMode: "awsvpc" },
    {},
    {
      network_mode: "awsvpc",
      client_security_groups: { hosts: "${aws_security_group.cluster_security_group.id}" },
      dynamic_port_range: { from: 40_000, to: 49_999 },
    },
  ],
  [
    "the port of the host",
    { image: "search:1", port: 9200, networkMode: "host" },
    {},
    {
      network_mode: "host",
      client_security_groups: { hosts: "${aws_security_group.cluster_security_group.id}" },
    },
  ],
  [
    "other values for everything",
    {
      image: "search:2",
      port: 9300,
      memory: 100,
      cpu: 100,
      desiredCount: 2,
      dnsTtl: 3,
      command: ["run", "a b"],
      entryPoint: ["sh"],
      environment: { LOG_LEVEL: "debug" },
      secrets: { TOKEN: `${secretArn}:key::`, OTHER: parameterArn },
      secretKeyArns: [key],
      taskPolicy: [statement],
      healthCheck: { command: "true", interval: 7, timeout: 6, retries: 5, startPeriod: 4 },
      stopTimeout: 60,
    },
    { logRetentionDays: 7, logKmsKeyArn: key, permissionsBoundaryArn: boundary },
    {
      image: "search:2",
      port: 9300,
      memory: 100,
      cpu: 100,
      desired_count: 2,
      dns_ttl: 3,
      command: ["run", "a b"],
      entry_point: ["sh"],
      environment: { LOG_LEVEL: "debug" },
      secrets: { TOKEN: `${secretArn}:key::`, OTHER: parameterArn },
      secret_key_arns: [key],
      task_policies: [
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", ...statement }],
        }),
      ],
      health_check: { command: "true", interval: 7, timeout: 6, retries: 5, start_period: 4 },
      stop_timeout: 60,
      log_retention_days: 7,
      log_kms_key_arn: key,
      permissions_boundary_arn: boundary,
    },
  ],
];

/** The addresses in an environment that the module has too. */
const modulePart = /\.(service_search|discovery_service_search)(_|$)/;

/** Gives the names of both the same form. */
const renamed = (text: string): string =>
  text
    .replaceAll("module.discovered-service.", "")
    // In a stack, the hosts' groups have a number.
    .replaceAll("discovered_network_hosts_from_here[0]", "discovered_network_hosts_0_from_here")
    .replaceAll(/discovered_client_to\[\\?"hosts\\?"\]/g, "discovered_client_0_to_0")
    .replaceAll(/(discovered_\w+)\[0\]/g, "$1")
    .replaceAll("discovered", "service_search")
    .replaceAll("/ecs/games-search", "/ecs/games/search")
    // The module has the cluster's name, and builds the ARN.
    .replaceAll(
      `arn:aws:ecs:eu-central-1:${base.account}:cluster/games`,
      "⟨aws_ecs_cluster.cluster_ecs.arn⟩",
    );

const container = async (inputs: object): Promise<unknown> => {
  const { plan } = await called("discovered-service", { ...least, ...inputs }, provider);
  return [...plan.taskDefinitions.values()][0]?.containers[0];
};

/** Minimum and maximum percent of a service in host mode. */
const percents = async (desired_count: number) => {
  const inputs = { ...least, network_mode: "host", desired_count };
  const { plan } = await called("discovered-service", inputs, provider);
  const [{ minimumHealthyPercent, maximumPercent } = {}] = plan.services;
  return [minimumHealthyPercent, maximumPercent];
};

describe("the module discovered-service", () => {
  it.each(cases)("equals a stack with %s, except names", async (_what, search, more, inputs) => {
    const stack = templateOf({ games: { ...base, ...more, services: { search } } }, "games");
    const given = { ...inStack, name: "games-search", image: "search:1", port: 9200 };
    const module = await called(
      "discovered-service",
      { ...given, ...inputs },
      surroundingsOf(stack),
    );
    const found = partOf(resourcesOf(module, renamed), modulePart);
    const wanted = resourcesOf(await readTemplate(stack.json, known), renamed);
    expect(Object.keys(found).length).toBeGreaterThan(5);
    expect(found).toEqual(partOf(wanted, modulePart));
  });

  it("gives a client the rights that it has in a stack", async () => {
    const policy = { input: "${module.discovered-service.client_policy_json}" };
    const resource = { terraform_data: { policy } };
    const { declared } = await called("discovered-service", least, { ...provider, resource });
    expect(JSON.parse(String(declared.get("terraform_data.policy")?.arguments["input"]))).toEqual(
      JSON.parse(policyDocument(discover("dev-ecs", "dev-search"))),
    );
  });

  it("replaces tasks with a host port one by one", async () => {
    expect(await percents(1)).toEqual([0, 100]);
    expect(await percents(4)).toEqual([50, 100]);
  });

  it("passes any text in variables and words, and reads secrets", async () => {
    const odd = 'a "b" \\ \n $HOME $${x}';
    const inputs = {
      environment: { ODD: odd, LOG_LEVEL: "debug" },
      secrets: { TOKEN: `${secretArn}:key::`, OTHER: parameterArn },
      command: ["sh", "-c", "echo 'a'"],
      entry_point: [],
      health_check: { command: "true", retries: 5 },
      stop_timeout: 60,
    };
    expect(await container(inputs)).toMatchObject({
      environment: {
        AWS_REGION: "eu-central-1",
        LOG_LEVEL: "debug",
        ODD: odd.replace("$${", "${"),
        PORT: "9200",
      },
      secrets: [
        { name: "OTHER", secret: "/token" },
        { name: "TOKEN", secret: "token", key: "key" },
      ],
      command: ["sh", "-c", "echo 'a'"],
      healthCheck: {
        argv: ["/bin/sh", "-c", "true"],
        interval: 10,
        timeout: 5,
        retries: 5,
        startPeriod: 60,
      },
      stopTimeout: 60,
    });
  });

  it("lets ECS read only the given secrets", async () => {
    const inputs = {
      secrets: { A: secretArn, B: `${secretArn}:key::`, C: parameterArn },
      secret_key_arns: ["arn:aws:kms:eu-central-1:333333333333:key/0"],
      task_policies: ['{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'],
      exec: true,
    };
    const { declared } = await called("discovered-service", { ...least, ...inputs }, provider);
    const policies = [...declared.values()].filter(({ type }) => type === "aws_iam_role_policy");
    expect(policies.map(({ arguments: given }) => given["name"])).toEqual(["secrets", "task"]);
    expect(JSON.parse(String(policies[0]?.arguments["policy"]))).toMatchObject({
      Statement: [
        { Action: "secretsmanager:GetSecretValue", Resource: [secretArn] },
        { Action: "ssm:GetParameters", Resource: [parameterArn] },
        { Action: "kms:Decrypt", Resource: inputs.secret_key_arns },
      ],
    });
    const none = await called("discovered-service", least, provider);
    expect([...none.declared.keys()].join()).not.toContain("aws_iam_role_policy.");
  });

  it.each([
    ["as little as it may be", {}],
    [
      "all there is",
      {
        network_mode: "awsvpc",
        client_security_groups: { app: "sg-0b" },
        dynamic_port_range: { from: 40_000, to: 49_999 },
        secrets: { A: secretArn },
        task_policies: ['{"Statement":[]}'],
        health_check: { command: "true" },
        exec: true,
      },
    ],
  ])("has no expression that the local ECS cannot evaluate, given %s", async (_what, inputs) => {
    const { outputs: declared } = await written("discovered-service");
    const outputs = [...declared.keys()].map((name) => [
      name,
      `\${module.discovered-service.${name}}`,
    ]);
    const all = { terraform_data: { outputs: { input: Object.fromEntries(outputs) as object } } };
    const template = await called(
      "discovered-service",
      { ...least, ...inputs },
      { ...provider, resource: all },
    );
    const text = JSON.stringify(resourcesOf(template));
    expect(text).toContain("dev-search.dev-ecs");
    expect(text).not.toMatch(/[$%]\{/);
  });

  it.each([
    [{ records: "A" }, "records: "],
    [{ network_mode: "awsvpc", subnets: {} }, "subnets: 2 or more "],
    [{ host_security_group_ids: [] }, "host_security_group_ids: "],
    [{ name_prefix: "Search" }, "name_prefix: "],
    [{ task_role: { arn: "role" } }, "task_role: "],
    [{ single_task: true, desired_count: 2 }, "desired_count: 1 with single_task"],
    [{ container: { logConfiguration: {} } }, "container: "],
    [{ sidecars: [{ name: "a" }] }, "sidecars: "],
    [
      { efs_volumes: { a: { file_system_id: "fs-0", access_point_id: "a", path: "/a" } } },
      "efs_volumes: access_point_id ",
    ],
    [{ environment: { PORT: "1" } }, "environment: "],
    [{ command: ["sh", null] }, "command: "],
    [{ secrets: { A: "/token" } }, "secrets: "],
    [{ secrets: { A: secretArn }, environment: { A: "a" } }, "secrets: "],
    [{ secret_key_arns: ["key"] }, "secret_key_arns: "],
    [{ secret_key_arns: ["arn:aws:kms:eu-central-1:333333333333:key/0"] }, "secret_key_arns: "],
    [{ task_policies: ["s3:*"] }, "task_policies: "],
    [{ health_check: { command: "true", interval: 1 } }, "health_check: "],
    [
      { network_mode: "awsvpc", client_security_groups: { a: "sg-0a", b: "sg-0a" } },
      "client_security_groups: ",
    ],
    [{ client_security_groups: { app: "sg-0a" } }, "client_security_groups: "],
    [{ dynamic_port_range: { from: 1, to: 2 } }, "dynamic_port_range: "],
    [
      { network_mode: "host", dynamic_port_range: { from: 40_000, to: 49_999 } },
      "dynamic_port_range: ",
    ],
  ])("refuses %j with the name of the variable and what is allowed", async (inputs, message) => {
    const reading = called("discovered-service", { ...least, ...inputs }, provider);
    await expect(reading).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(message),
    });
  });
});
