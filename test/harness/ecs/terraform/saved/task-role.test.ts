import { expect, it } from "vitest";
import { definition, firstPlan, service, templatesOf } from "./fixture.ts";

/** The role of a definition whose `task_role_arn` is unknown before apply. */
async function roleOf(references: readonly string[]): Promise<string | undefined> {
  const role = {
    address: "aws_iam_role.guests",
    values: { name: "guest-book" },
    unknown: { arn: true },
  };
  const app = definition("app");
  const unknown = { ...app.unknown, task_role_arn: true };
  const written = { task_role_arn: { references } };
  const { first } = await templatesOf(
    firstPlan(role, { ...app, unknown, written }, service("app")),
  );
  return first.plan.taskDefinitions.get("aws_ecs_task_definition.app")?.taskRole;
}

it("a role that the plan creates has its name", async () => {
  const references = ["aws_iam_role.guests.arn", "aws_iam_role.guests"];
  expect(await roleOf(references)).toBe("guest-book");
});

it("a role that cannot be found is a role", async () => {
  expect(await roleOf(["local.roles"])).toBe("task");
});

it("a definition without a role has none", async () => {
  const { first } = await templatesOf(firstPlan(definition("app"), service("app")));
  expect([...first.plan.taskDefinitions.values()][0]?.taskRole).toBeUndefined();
});
