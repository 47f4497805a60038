import { expect, it } from "vitest";
import { devWith, existingParts, one, type Template } from "../support/template.ts";

const searches = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `search-${index}`,
      { image: "example.com/search:1", port: 9200 },
    ]),
  );

function appRights(template: Template): { policy: string; services: unknown[] } {
  const policy = String(one(template, "aws_iam_role_policy", "app_roles_task_policy")["policy"]);
  const { Statement } = JSON.parse(policy) as {
    Statement: { Condition: { StringEquals: Record<string, unknown> } }[];
  };
  const key = "servicediscovery:ServiceName";
  return { policy, services: Statement.map(({ Condition }) => Condition.StringEquals[key]) };
}

it("allows the app to query all services in one statement, which fits for hundreds", () => {
  const template = devWith({ ...existingParts, services: searches(3) });
  expect(appRights(template).services).toEqual([
    "dev-redis",
    ["dev-search-0", "dev-search-1", "dev-search-2"],
  ]);
  const many = appRights(devWith({ ...existingParts, services: searches(60) }));
  expect(many.policy.length).toBeLessThan(1500);
});
