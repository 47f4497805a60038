import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { templateOf } from "../../stacks/support/template.ts";
import { otherEnvironments } from "../../stacks/support/other-environments.ts";

const FILE = new URL("../../../examples/pipeline/bootstrap/main.tf", import.meta.url);

describe("the bootstrap of a pipeline", () => {
  it("has the partition of its region in every ARN, so it works in China and GovCloud too", () => {
    const text = readFileSync(FILE, "utf8");
    const partitions = [...text.matchAll(/arn:([^:]*):/g)].map(([, partition]) => partition);
    expect(partitions.length).toBeGreaterThan(5);
    expect(new Set(partitions)).toEqual(new Set(["${local.partition}"]));
    expect(text).toContain("partition = data.aws_partition.this.partition");
  });

  it("lets a release pass the roles of the app and its schedules", () => {
    const text = readFileSync(FILE, "utf8");
    const passed = [...text.matchAll(/role\/\$\{each\.key\}(-[\w*-]+)"/g)].map(
      ([, pattern = ""]) => new RegExp(`^with-tasks${pattern.replaceAll("*", "[a-z-]+")}$`),
    );
    expect(passed.length).toBe(2);
    const roles = Object.values(
      templateOf(otherEnvironments, "with-tasks").json.resource["aws_iam_role"] ?? {},
    )
      .map(({ name }) => String(name))
      .filter((name) => passed.some((pattern) => pattern.test(name)));
    expect(roles.toSorted()).toEqual([
      "with-tasks-app-execution",
      "with-tasks-app-task",
      "with-tasks-clean-up-schedule",
    ]);
  });

  it("lets only one branch plan and only one GitHub environment release", () => {
    const text = readFileSync(FILE, "utf8");
    const trusts = [...text.matchAll(/assume_role_policy = jsonencode\(.*?^ {2}\}\)$/gms)].map(
      String,
    );
    const subjects = trusts.map((trust) => /:sub" = "(.*)"/.exec(trust)?.[1]);
    expect(subjects).toEqual([
      "repo:${var.repository}:ref:refs/heads/main",
      "repo:${var.repository}:environment:${each.key}",
    ]);
    for (const trust of trusts) {
      expect(trust).toContain('"${local.issuer}:aud" = "sts.amazonaws.com"');
      expect(trust).not.toMatch(/StringLike|\*/);
    }
  });

  it("accepts a repository in the format of a token's subject, with ids if it was created since July 2026", () => {
    const [, pattern = ""] =
      /regex\("(.*)", var\.repository\)/.exec(readFileSync(FILE, "utf8")) ?? [];
    const allowed = new RegExp(pattern.replaceAll("\\\\", "\\"));
    expect("my-org/my-repo").toMatch(allowed);
    expect("my-org@1234/my.repo@5678").toMatch(allowed);
    for (const wrong of ["my-repo", "my-org/*", "my-org/my-repo:pull_request", "my-org@/my-repo"]) {
      expect(wrong).not.toMatch(allowed);
    }
  });

  it("lets a release call only the needed APIs", () => {
    const text = readFileSync(FILE, "utf8");
    const [, policy = ""] = text.split('resource "aws_iam_role_policy" "releases"');
    const actions = [...policy.matchAll(/"([a-z0-9]+:[A-Z]\w+)"(?! =)/g)].map(
      ([, action = ""]) => action,
    );
    expect(actions.toSorted()).toEqual([
      "ecs:RegisterTaskDefinition",
      "ecs:TagResource",
      "ecs:UpdateService",
      "iam:PassRole",
      "s3:DeleteObject",
      "s3:PutObject",
      "scheduler:UpdateSchedule",
    ]);
    expect(policy).toContain(':service/*/${each.key}-app"');
    expect(policy).toContain('"${aws_s3_bucket.states.arn}/${each.key}/*"');
  });

  it("lets both roles read an encrypted state, and only a release write it", () => {
    const [, policy = ""] = /"uses_state_keys" \{(.*?)^\}/ms.exec(readFileSync(FILE, "utf8")) ?? [];
    expect(policy).toContain("? {} : local.roles");
    expect(policy).toContain(
      'concat(["kms:Decrypt"], endswith(each.key, "-release") ? ["kms:GenerateDataKey"] : [])',
    );
    expect(policy).toMatch(/Resource = var\.state_kms_key_arns$/m);
  });

  it("pins the provider version of the stacks", () => {
    const { terraform } = templateOf(otherEnvironments, "with-tasks").json as unknown as {
      terraform: { required_providers: { aws: { version: string } } };
    };
    expect(readFileSync(FILE, "utf8")).toContain(
      `version = "${terraform.required_providers.aws.version}"`,
    );
  });
});
