import { describe } from "vitest";
import { terraformRules } from "../../../stacks/rules/terraform-rules.ts";
import { type Draft, testBreaks } from "../support/broken.ts";

const app = "aws_ecs_service.app_service";
const cluster = "aws_ecs_cluster.cluster_ecs";
const vpc = "aws_vpc.network_vpc";
const secretValue = "aws_secretsmanager_secret_version.password_value";
const log = "aws_cloudwatch_log_group.app_log";

const fileSystemPolicy = "aws_efs_file_system_policy.storage_policy";

/** The policy of a resource after a change. */
function policyOf(
  body: Record<string, unknown>,
  change: (policy: Record<string, unknown>) => object,
): string {
  return JSON.stringify(change(JSON.parse(String(body["policy"])) as Record<string, unknown>));
}

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
    [
      "resource-policy-named",
      `${fileSystemPolicy}.policy`,
      ({ resource }) =>
        (resource(fileSystemPolicy)["policy"] = policyOf(resource(fileSystemPolicy), (policy) => ({
          ...policy,
          Id: undefined,
        }))),
    ],
    [
      "resource-policy-named",
      `${fileSystemPolicy}.policy`,
      ({ resource }) =>
        (resource(fileSystemPolicy)["policy"] = String(
          resource(fileSystemPolicy)["policy"],
        ).replace("NoPlaintext", "no-plaintext")),
    ],
    [
      "bare-addresses",
      `${app}.depends_on`,
      ({ resource }) => (resource(app)["depends_on"] as string[]).push("${" + cluster + "}"),
    ],
    [
      "bare-addresses",
      `${app}.depends_on`,
      ({ resource }) => (resource(app)["depends_on"] as string[]).push("aws_vpc.gone"),
    ],
    [
      "bare-addresses",
      `${app}.lifecycle.ignore_changes`,
      ({ resource }) => (resource(app)["lifecycle"] = { ignore_changes: ["${desired_count}"] }),
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
      `${log}.name`,
      ({ resource }) => (resource(log)["name"] = "${data.terraform_remote_state.dev.outputs.x}"),
    ],
    [
      "no-token-left",
      `${log}.name`,
      ({ resource }) => (resource(log)["name"] = "/ecs/${TfToken[TOKEN.7]}"),
    ],
    [
      "no-token-left",
      `${log}.retention_in_days`,
      ({ resource }) => (resource(log)["retention_in_days"] = 8.1e298),
    ],
    [
      "plain-documents",
      "aws_iam_role_policy.app_roles_task_policy.policy",
      ({ resource }) =>
        (resource("aws_iam_role_policy.app_roles_task_policy")["policy"] =
          '${jsonencode({"Version" = "2012-10-17"})}'),
    ],
    [
      "policies-say-something",
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
      ({ resource }) => (resource(secretValue)["secret_string"] = "hunter2"),
    ],
    [
      "secrets-not-in-state",
      "random_password.redis.",
      ({ add }) => add("random_password.redis", { length: 40 }),
    ],
    [
      "secrets-not-in-state",
      `${log}.tags.password`,
      ({ resource }) =>
        (resource(log)["tags"] = { password: "${ephemeral.random_password.redis.result}" }),
    ],
    [
      "write-only-version",
      "terraform.required_version",
      (draft) => (terraformOf(draft)["required_version"] = ">= 1.10.0"),
    ],
    [
      "exact-providers",
      "terraform.required_providers.random.version",
      (draft) => (providersOf(draft)["random"] = { source: "hashicorp/random" }),
    ],
    [
      "exact-providers",
      "terraform.required_providers.random.version",
      (draft) => (providersOf(draft)["random"] = { source: "hashicorp/random", version: "~> 3.7" }),
    ],
    [
      "own-account",
      "provider.aws.0.allowed_account_ids",
      (draft) => Reflect.deleteProperty(providerOf(draft), "allowed_account_ids"),
    ],
    [
      "own-account",
      "provider.aws.0.region",
      (draft) => (providerOf(draft)["region"] = "us-east-1"),
    ],
    [
      "locked-state",
      "terraform.backend.s3.use_lockfile",
      (draft) => {
        terraformOf(draft)["backend"] = { s3: { bucket: "state", key: "dev", encrypt: true } };
      },
    ],
    [
      "kept-when-protected",
      "aws_efs_file_system.storage_efs.lifecycle.prevent_destroy",
      ({ resource }) =>
        Reflect.deleteProperty(resource("aws_efs_file_system.storage_efs"), "lifecycle"),
      { protected: true },
    ],
    [
      "kept-when-protected",
      `${vpc}.lifecycle.prevent_destroy`,
      ({ resource }) => (resource(vpc)["lifecycle"] = { prevent_destroy: true }),
    ],
    [
      "kept-when-protected",
      "aws_secretsmanager_secret.password_secret.recovery_window_in_days",
      ({ resource }) =>
        (resource("aws_secretsmanager_secret.password_secret")["recovery_window_in_days"] = 30),
    ],
  ]);
});
