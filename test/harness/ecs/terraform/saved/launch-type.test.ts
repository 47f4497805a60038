import { expect, it } from "vitest";
import { definition, firstPlan, NETWORK, service, templatesOf } from "./fixture.ts";

it.each([
  [["FARGATE"], "FARGATE"],
  [["EC2", "FARGATE"], "EC2"],
  [["EC2"], "EC2"],
])(
  "tasks of a definition for %j have launch type %s",
  async (requires_compatibilities, expected) => {
    const values = { requires_compatibilities, network_mode: "awsvpc" };
    const { first } = await templatesOf(
      firstPlan(definition("app", {}, values), service("app", NETWORK)),
    );
    expect([...first.plan.taskDefinitions.values()][0]?.launchType).toBe(expected);
  },
);
