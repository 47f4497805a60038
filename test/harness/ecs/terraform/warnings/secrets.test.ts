import { expect, it } from "vitest";
import { Found } from "../../../../../harness/ecs/terraform/warnings/found.ts";
import { secretWarnings } from "../../../../../harness/ecs/terraform/warnings/secrets.ts";
import { resource, stateOf } from "./state.ts";

const ROLE = "arn:aws:iam::111111111111:role/app";
const SECRET = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:token-a1b2c3";
const MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

const policy = (Action: unknown, Resource: unknown = "*", more: object = {}): string =>
  JSON.stringify({ Statement: { Effect: "Allow", Action, Resource, ...more } });

const own = (text: unknown) => resource("aws_iam_role_policy.own", { role: "app", policy: text });

const attached = (arn: string) =>
  resource("aws_iam_role_policy_attachment.one", { role: "app", policy_arn: arn });

const READ = "secretsmanager:GetSecretValue";

interface Case {
  readonly valueFrom?: string;
  readonly role?: object;
  readonly resources?: readonly ReturnType<typeof resource>[];
}

function warnedOf({ valueFrom = SECRET, role = {}, resources = [] }: Case): string[] {
  const container = { name: "app", secrets: [{ name: "TOKEN", valueFrom }] };
  const state = stateOf([
    resource("aws_ecs_task_definition.app", {
      execution_role_arn: ROLE,
      container_definitions: JSON.stringify([container]),
    }),
    resource("aws_iam_role.app", { name: "app", id: "app", arn: ROLE, ...role }),
    ...resources,
  ]);
  return secretWarnings(new Found(state)).map(({ address, text }) => `${address}: ${text}`);
}

it.each<[what: string, given: Case]>([
  ["without a policy", {}],
  ["with AWS' policy for execution roles", { resources: [attached(MANAGED)] }],
  ["with a policy for another action", { resources: [own(policy("secretsmanager:List*"))] }],
  ["with a policy for another secret", { resources: [own(policy(READ, `${SECRET}-b-*`))] }],
  ["with a policy that only denies", { resources: [own(policy(READ, "*", { Effect: "Deny" }))] }],
  [
    "with another role's policy",
    { resources: [resource("aws_iam_role_policy.x", { role: "b", policy: policy("*") })] },
  ],
  ["with a key of the secret", { valueFrom: `${SECRET}:key::` }],
])("a role that may not read a secret gives a warning: %s", (_, given) => {
  expect(warnedOf(given)).toEqual([
    `aws_ecs_task_definition.app: no policy of aws_iam_role.app allows ${READ} for TOKEN. In AWS no task starts: ResourceInitializationError: unable to pull secrets or registry auth`,
  ]);
});

it("so does one that may not read a parameter", () => {
  for (const valueFrom of ["/app/token", "arn:aws:ssm:eu-west-1:1:parameter/app/token"]) {
    const resources = [own(policy("ssm:GetParameters", "arn:aws:ssm:*:*:parameter/other/*"))];
    expect(warnedOf({ valueFrom, resources })[0]).toContain("allows ssm:GetParameters for TOKEN.");
  }
});

const customer = resource("aws_iam_policy.one", { arn: "arn:one", policy: policy([READ]) });

it.each<[what: string, given: Case]>([
  ["the action", { resources: [own(policy(READ, SECRET))] }],
  ["any action", { resources: [own(policy(["SecretsManager:Get*"], SECRET))] }],
  ["any six characters", { resources: [own(policy(READ, `${SECRET.slice(0, -6)}??????`))] }],
  [
    "a secret without its six characters",
    { valueFrom: SECRET.slice(0, -7), resources: [own(policy(READ, `${SECRET.slice(0, -6)}*`))] },
  ],
  [
    "in the account that was found",
    { resources: [own(policy(READ, SECRET.replace("111111111111", "222222222222")))] },
  ],
  ["by a policy of its own", { resources: [attached("arn:one"), customer] }],
  [
    "by an attachment to several roles",
    {
      resources: [
        customer,
        resource("aws_iam_policy_attachment.x", { roles: ["app"], policy_arn: "arn:one" }),
      ],
    },
  ],
  ["inside the role", { role: { inline_policy: [{ name: "x", policy: policy(READ) }] } }],
  ["by managed_policy_arns", { role: { managed_policy_arns: ["arn:one"] }, resources: [customer] }],
  [
    "a parameter",
    {
      valueFrom: "/app/token",
      resources: [own(policy("ssm:*", "arn:aws:ssm:*:*:parameter/app/*"))],
    },
  ],
])("a role that may read gives none: %s", (_, given) => {
  expect(warnedOf(given)).toEqual([]);
});

it.each<[what: string, given: Case]>([
  ["a policy of AWS", { resources: [attached("arn:aws:iam::aws:policy/ReadOnlyAccess")] }],
  ["a policy that is not known", { resources: [own(undefined)] }],
  ["a policy without statements", { resources: [own("{}")] }],
  ["a document without a mark", { resources: [own('{"Statement":[{"Sid":"of ?"}]}')] }],
  ["all but some actions", { resources: [own(policy(undefined, "*", { NotAction: "iam:*" }))] }],
  ["a role of another folder", { role: { arn: "arn:aws:iam::1:role/b" } }],
  [
    "a secret that a data source finds",
    { resources: [resource("data.aws_secretsmanager_secret.x", { arn: SECRET })] },
  ],
  [
    "a policy for what a data source finds",
    {
      resources: [
        own(policy(READ, "arn:aws:secretsmanager:::secret:x")),
        resource("data.aws_secretsmanager_secret.x", { arn: "arn:aws:secretsmanager:::secret:x" }),
      ],
    },
  ],
  ["a policy for what only AWS knows", { resources: [own(policy(READ, "0123456789abcdef"))] }],
  ["a name that may be anything", { valueFrom: "0123456789abcdef" }],
])("what cannot be read gives none: %s", (_, given) => {
  expect(warnedOf(given)).toEqual([]);
});
