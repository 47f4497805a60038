import { expect, it } from "vitest";
import { withApiNames } from "../../../../../../harness/ecs/terraform/saved/definitions/container-json.ts";
import { definition, firstPlan, refusal, service, templatesOf } from "../fixture.ts";

it("reads fields in any case, as the provider does, and leaves out those of the task definition", () => {
  const written = [
    {
      Name: "app",
      networkMode: "awsvpc",
      healthcheck: { Command: ["CMD", "true"] },
      portmappings: [{ containerport: 80 }],
      environment: [{ Name: "networkMode", Value: "x" }],
      newer: 1,
    },
  ];
  expect(JSON.parse(withApiNames(JSON.stringify(written)) ?? "")).toEqual([
    {
      name: "app",
      healthCheck: { command: ["CMD", "true"] },
      portMappings: [{ containerPort: 80 }],
      environment: [{ name: "networkMode", value: "x" }],
      newer: 1,
    },
  ]);
});

it("does so in each plan, and a field that is not known is refused", async () => {
  const own = {
    networkMode: "bridge",
    healthCheck: undefined,
    healthcheck: { command: ["CMD", "true"] },
  };
  const { first } = await templatesOf(firstPlan(definition("app", own), service("app")));
  const [container] =
    first.plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers ?? [];
  expect(container?.healthCheck?.argv).toEqual(["true"]);
  expect(await refusal(definition("app", { newer: 1 }), service("app"))).toContain(
    'container_definitions.0 ("app").newer is not modelled',
  );
});
