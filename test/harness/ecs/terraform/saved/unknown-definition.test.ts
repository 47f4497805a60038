import { describe, expect, it } from "vitest";
import { definition, firstPlan, refusal, type Planned, service, templatesOf } from "./fixture.ts";

const unknown = (references: readonly string[]): Planned => ({
  address: "aws_ecs_task_definition.app",
  values: { family: "app" },
  unknown: { arn: true, container_definitions: true },
  written: { container_definitions: { references } },
});

describe("a container definition that is unknown before apply", () => {
  const repository: Planned = {
    address: "aws_ecr_repository.app",
    values: { name: "app" },
    unknown: { repository_url: true },
  };
  const secret: Planned = {
    address: "aws_secretsmanager_secret.key",
    values: { name: "key" },
    unknown: { arn: true },
  };

  it("is refused with the resources to apply first", async () => {
    const references = [
      "aws_ecr_repository.app.repository_url",
      "aws_ecr_repository.app",
      "aws_secretsmanager_secret.key.arn",
      "aws_secretsmanager_secret.key",
      "local.tag",
    ];
    expect(await refusal(unknown(references), service("app"), repository, secret)).toContain(
      "aws_ecs_task_definition.app.container_definitions is not known before apply: it depends on aws_ecr_repository.app, aws_secretsmanager_secret.key, local.tag.\nApply these first (terraform apply -target='aws_ecr_repository.app' -target='aws_secretsmanager_secret.key')",
    );
  });

  it("is refused with the inputs of its module, but without references that only Terraform knows", async () => {
    const outside = ["data.aws_region.here.name", "count.index", "module", "var.tag"];
    expect(await refusal(unknown(outside), service("app"))).toContain("is not known before apply");
    const plan = firstPlan(unknown(["var.secrets", "var.none"]), service("app"), secret);
    for (const change of plan.resource_changes.slice(0, 2)) {
      change.address = `module.web.${change.address}`;
      change.module_address = "module.web";
    }
    const { resources } = plan.configuration.root_module;
    const expressions = { secrets: { references: ["aws_secretsmanager_secret.key.arn"] } };
    const web = { module: { resources: resources.slice(0, 2) }, expressions };
    plan.configuration.root_module = { resources: resources.slice(2), module_calls: { web } };
    await expect(templatesOf(plan)).rejects.toThrow("it depends on aws_secretsmanager_secret.key.");
  });

  it("is refused if it is not JSON", async () => {
    const half = definition("app", {}, { container_definitions: "[" });
    expect(await refusal(half, service("app"))).toContain("container_definitions");
  });

  it("is refused with the resources that a local of its module may refer to", async () => {
    const plan = firstPlan(unknown(["local.secrets"]), service("app"), secret, repository);
    for (const change of plan.resource_changes) {
      change.address = `module.web.${change.address}`;
      change.module_address = "module.web";
    }
    const { root_module: module } = plan.configuration;
    plan.configuration.root_module = { module_calls: { web: { module } } };
    await expect(templatesOf(plan)).rejects.toThrow(
      "it depends on module.web.local.secrets.\nApply these first (terraform apply -target='module.web.aws_secretsmanager_secret.key' -target='module.web.aws_ecr_repository.app')",
    );
  });

  it("is refused if it refers only to a local", async () => {
    expect(await refusal(unknown(["local.containers"]), service("app"))).toContain(
      "it depends on local.containers.",
    );
  });
});
