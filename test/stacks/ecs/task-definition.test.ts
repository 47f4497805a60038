import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { otherEnvironments } from "../support/other-environments.ts";
import { outlive } from "../support/references.ts";
import { templateOf } from "../support/template.ts";

const ALL = { ...environments, ...otherEnvironments };

/**
 * What definitions refer to, and Terraform therefore replaces in the same order. Two of a type exist for a moment: each
 * has a name that changes with what is replaced, or none.
 */
const REPLACED_AFTER_CREATION = [
  "aws_cloudwatch_log_group",
  "aws_efs_access_point",
  "aws_efs_file_system",
  "aws_iam_role",
  "aws_secretsmanager_secret",
];

describe.each(Object.keys(ALL))("the task definitions of %s", (name) => {
  const template = templateOf(ALL, name);
  const definitions = Object.entries(template.json.resource["aws_ecs_task_definition"] ?? {});

  it("stay in the state until the next revision is registered", () => {
    expect(definitions.length).toBeGreaterThan(0);
    for (const [, definition] of definitions) {
      expect(definition).toMatchObject({
        skip_destroy: true,
        lifecycle: { create_before_destroy: true },
      });
    }
  });

  it("refer to resources of which two may exist for a moment", () => {
    const needed = definitions.flatMap(([id]) => [
      ...outlive(template, `aws_ecs_task_definition.${id}`),
    ]);
    const types = new Set(needed.map((address) => address.split(".")[0]));
    expect(REPLACED_AFTER_CREATION).toEqual(expect.arrayContaining([...types]));
    const systems = Object.values(template.json.resource["aws_efs_file_system"] ?? {});
    for (const system of systems) expect(system).not.toHaveProperty("creation_token");
  });
});
