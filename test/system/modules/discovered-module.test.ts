import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../harness/ecs/index.ts";
import { discoveredModule } from "../../../tools/modules/discovered-module.ts";
import { otherEnvironments } from "../../stacks/support/other-environments.ts";
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

const road = "with-services";
const known = { parameters: {}, drawn: new Map<string, string>() };
const provider = {
  provider: { aws: { region: "eu-central-1", allowed_account_ids: ["333333333333"] } },
};

const least = {
  ...leastInputs,
  subnet_ids: ["subnet-0a", "subnet-0b"],
  name: "dev-search",
  image: "example.com/search:2.1.0",
  port: 9200,
};

const secretArn = "arn:aws:secretsmanager:eu-central-1:333333333333:secret:token-a1B2c3";
const parameterArn = "arn:aws:ssm:eu-central-1:333333333333:parameter/token";

/** Maps the module's names to the stack's. */
const asInStack = (service: string) => (text: string) =>
  text
    .replaceAll("module.discovered-service.", "")
    .replaceAll(/(\w+)\[0\]/g, "$1")
    .replaceAll("discovered_network_hosts_from_here", "discovered_network_hosts_0_from_here")
    .replaceAll(/discovered_client_to\[\\?"hosts\\?"\]/g, "discovered_client_0_to_0")
    .replaceAll("discovered", `service_${service.replace("-", "_")}`)
    .replaceAll(`/ecs/${road}-${service}`, `/ecs/${road}/${service}`)
    .replaceAll(
      `arn:aws:ecs:eu-central-1:333333333333:cluster/${road}`,
      "⟨aws_ecs_cluster.cluster_ecs.arn⟩",
    );

const only = (resources: Resources, id: string): Resources =>
  Object.fromEntries(Object.entries(resources).filter(([address]) => address.includes(id)));

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
  it.each([
    ["search", {}],
    [
      "play-room",
      {
        client_security_groups: { hosts: "${aws_security_group.cluster_security_group.id}" },
        dynamic_port_range: { from: 40_000, to: 49_999 },
      },
    ],
  ] as const)("equals the stack with the values of %s, except names", async (service, more) => {
    const { networkMode, ...given } = {
      networkMode: "bridge",
      ...otherEnvironments[road].services[service],
    };
    const stack = templateOf(otherEnvironments, road);
    const subnet_ids = Object.values(subnetsInStack);
    const inputs = { ...inStack, subnet_ids, ...more, ...given, name: `${road}-${service}` };
    const module = await called(
      "discovered-service",
      { ...inputs, network_mode: networkMode },
      surroundingsOf(stack),
    );
    const id = `service_${service.replace("-", "_")}`;
    const found = only(resourcesOf(module, asInStack(service)), id);
    expect(Object.keys(found).length).toBeGreaterThan(5);
    expect(found).toEqual(only(resourcesOf(await readTemplate(stack.json, known)), id));
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
    expect(policies.map(({ arguments: given }) => given["name"])).toEqual([
      "secrets",
      "task-0",
      "exec",
    ]);
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
    const outputs = Object.keys(discoveredModule.outputs).map((name) => [
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
