import { describe } from "vitest";
import { terraformRules } from "../../../stacks/rules/terraform-rules.ts";
import { type Break, type Draft, testBreaks } from "../support/broken.ts";
import { protectedParts } from "../support/template.ts";

const app = "aws_ecs_service.app_service";
const cluster = "aws_ecs_cluster.cluster_ecs";
const vpc = "aws_vpc.network_vpc";
const secretValue = "aws_secretsmanager_secret_version.password_value";
const log = "aws_cloudwatch_log_group.app_log";

const rights = "aws_iam_role_policy.app_roles_task_policy";
const fileSystemPolicy = "aws_efs_file_system_policy.storage_policy";

interface Policy {
  Id?: string;
  Statement: { Sid?: string }[];
}

/** Changes the file system's policy, which has two statements. */
const inPolicy =
  (change: (policy: Policy, first: { Sid?: string }, second: { Sid?: string }) => void) =>
  ({ resource }: Draft): void => {
    const policy = JSON.parse(String(resource(fileSystemPolicy)["policy"])) as Policy;
    const [first, second] = policy.Statement;
    if (first === undefined || second === undefined) throw new Error("not two statements");
    change(policy, first, second);
    resource(fileSystemPolicy)["policy"] = JSON.stringify(policy);
  };

const nameless = JSON.stringify({ Version: "2012-10-17", Id: "topic", Statement: [{}] });

/** Sets a field of a resource. */
const setting =
  (address: string, field: string, value: unknown) =>
  ({ resource }: Draft): void => {
    resource(address)[field] = value;
  };

function terraformOf({ json }: Draft): Record<string, unknown> {
  return json["terraform"] as Record<string, unknown>;
}

function providersOf(draft: Draft): Record<string, unknown> {
  return terraformOf(draft)["required_providers"] as Record<string, unknown>;
}

function providerOf({ json }: Draft): Record<string, unknown> {
  const [provider] = (json["provider"] as { aws: Record<string, unknown>[] }).aws;
  if (provider === undefined) throw new Error("the template has no provider");
  return provider;
}

describe("the rules of Terraform", () => {
  testBreaks(terraformRules, [
    ...[
      inPolicy((policy) => delete policy.Id),
      inPolicy((_, first) => delete first.Sid),
      inPolicy((_, first) => (first.Sid = "no-plaintext")),
      inPolicy((_, first) => (first.Sid = "NoPlaintext!")),
      inPolicy((_, first) => (first.Sid = "!NoPlaintext")),
      inPolicy((_, first, second) => (first.Sid = second.Sid ?? "")),
    ].map((change): Break => ["resource-policy-named", `${fileSystemPolicy}.policy`, change]),
    ...["aws_sns_topic_policy.added", "aws_sqs_queue_policy.added"].map((address): Break => [
      "resource-policy-named",
      `${address}.policy`,
      ({ add }) => add(address, { policy: nameless }),
    ]),
    [
      "bare-addresses",
      `${app}.depends_on`,
      ({ resource }) => (resource(app)["depends_on"] as string[]).push("${" + cluster + "}"),
    ],
    [
      "bare-addresses",
      `${app}.lifecycle.replace_triggered_by`,
      ({ resource }) =>
        (resource(app)["lifecycle"] = { replace_triggered_by: ["${" + cluster + ".id}"] }),
    ],
    [
      "references-resolve",
      `${log}.name`,
      ({ resource }) => (resource(log)["name"] = "${aws_vpc.of_another_stack.id}"),
    ],
    [
      "references-resolve",
      "output.app_url.value",
      ({ json }) => {
        const { app_url: url } = json["output"] as { app_url: { value: string } };
        url.value = "${aws_lb.gone.dns_name}";
      },
    ],
    ["no-token-left", `${log}.tags.Owner`, setting(log, "tags", { Owner: "[object Object]" })],
    ...[
      [rights, "policy"],
      ["aws_ecs_task_definition.app_task_definition", "container_definitions"],
      ["aws_iam_role.app_roles_task", "assume_role_policy"],
      ["aws_cloudwatch_dashboard.operation_dashboard", "dashboard_body"],
    ].flatMap(([address = "", field = ""]) =>
      ['${jsonencode({"Version" = "2012-10-17"})}', "${var.a}${var.b}"].map((document): Break => [
        "plain-documents",
        `${address}.${field}`,
        setting(address, field, document),
      ]),
    ),
    [
      "policies-not-empty",
      "aws_iam_role_policy.app_roles_task_policy.policy",
      ({ resource }) =>
        (resource("aws_iam_role_policy.app_roles_task_policy")["policy"] = JSON.stringify({
          Version: "2012-10-17",
          Statement: [],
        })),
    ],
    [
      "secrets-not-in-state",
      `${secretValue}.secret_string`,
      setting(secretValue, "secret_string", "hunter2"),
      {},
      "a value",
    ],
    [
      "secrets-not-in-state",
      `${log}.tags.password`,
      ({ resource }) =>
        (resource(log)["tags"] = { password: "${ephemeral.random_password.redis.result}" }),
    ],
    ...[">= 1.10.0", "~> 1.9", ">= 0.15", "1.11.0", undefined].map((version): Break => [
      "write-only-version",
      "terraform.required_version",
      (draft) => (terraformOf(draft)["required_version"] = version),
      {},
      String(version),
    ]),
    ...[undefined, "~> 3.7", "~> 3.7.2", "3.7.2-beta1", "3.7"].map((version): Break => [
      "exact-providers",
      "terraform.required_providers.random.version",
      (draft) => (providersOf(draft)["random"] = { source: "hashicorp/random", version }),
    ]),
    [
      "own-account",
      "provider.aws.0.allowed_account_ids",
      (draft) => Reflect.deleteProperty(providerOf(draft), "allowed_account_ids"),
    ],
    [
      "own-account",
      "provider.aws.0.region",
      (draft) => (providerOf(draft)["region"] = "us-east-1"),
      {},
      "us-east-1",
    ],
    ...Object.entries({
      encrypt: { use_lockfile: true },
      use_lockfile: { encrypt: true },
      dynamodb_table: { encrypt: true, use_lockfile: true, dynamodb_table: "locks" },
    }).map(([field, s3]): Break => [
      "locked-state",
      `terraform.backend.s3.${field}`,
      (draft) => (terraformOf(draft)["backend"] = { s3 }),
    ]),
    [
      "kept-when-protected",
      "aws_efs_file_system.storage_efs.lifecycle.prevent_destroy",
      setting("aws_efs_file_system.storage_efs", "lifecycle", {}),
      protectedParts,
    ],
    [
      "kept-when-protected",
      "aws_lb.load_balancer_alb.enable_deletion_protection",
      setting("aws_lb.load_balancer_alb", "enable_deletion_protection", true),
    ],
    [
      "kept-when-protected",
      `${vpc}.lifecycle.prevent_destroy`,
      ({ resource }) => (resource(vpc)["lifecycle"] = { prevent_destroy: true }),
    ],
  ]);
});
