import { describe, expect, it } from "vitest";
import { readSavedPlan, readTemplate } from "../../../../../harness/ecs/index.ts";
import { largePlan } from "../../../../support/plans/large-plan.ts";
import { definition, firstPlan, type Json, service } from "./fixture.ts";

/** CPU seconds of this process that reading a plan takes, and its number of services. */
async function read(plan: Json): Promise<{ seconds: number; services: number }> {
  const before = process.cpuUsage();
  const { first } = await readSavedPlan(plan);
  const template = await readTemplate(first, { parameters: {}, drawn: new Map() });
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, services: template.plan.services.length };
}

/** A service with many target groups, whose ARNs are unknown before apply. */
function repeated(blocks: number): Json {
  const ports = Array.from({ length: blocks }, (_, index) => 1000 + index);
  const one = service("app", {
    load_balancer: ports.map((port) => ({ container_name: "app", container_port: port })),
  });
  return firstPlan(
    definition("app", { portMappings: ports.map((port) => ({ containerPort: port })) }),
    {
      ...one,
      unknown: { ...one.unknown, load_balancer: ports.map(() => ({ target_group_arn: true })) },
      written: {
        ...one.written,
        load_balancer: ports.map((port) => ({
          container_port: { constant_value: port },
          target_group_arn: { references: [`aws_lb_target_group.g${port}.arn`] },
        })),
      },
    },
    ...ports.map((port) => ({
      address: `aws_lb_target_group.g${port}`,
      values: { name: `g${port}`, port: 80 },
      unknown: { arn: true },
    })),
  );
}

/** Four times as much may take this many times as long. A quadratic part would take 16 times as long. */
const FACTOR = 9;

describe("the time to read a plan grows with its size", () => {
  it.each([
    ["services behind load balancers", (size: number) => largePlan("fargate-simple", size), 150],
    ["services with SRV records", (size: number) => largePlan("redis-srv", size), 150],
    ["blocks with unknown values", repeated, 500],
  ])("%s", async (_, make, size) => {
    // The first run compiles the code.
    await read(make(size));
    const small = await read(make(size));
    const large = await read(make(4 * size));
    expect(large.services).toBeGreaterThanOrEqual(small.services);
    expect(large.seconds / small.seconds).toBeLessThan(FACTOR);
  });

  it("has the resources of each copy", async () => {
    const { first } = await readSavedPlan(largePlan("fargate-simple", 3));
    const { plan } = await readTemplate(first, { parameters: {}, drawn: new Map() });
    expect(plan.services.map(({ targets }) => targets[0]?.address)).toEqual([
      "aws_lb_target_group.app_0",
      "aws_lb_target_group.app_1",
      "aws_lb_target_group.app_2",
    ]);
    expect(plan.loadBalancers.map(({ listeners }) => listeners.length)).toEqual([1, 1, 1]);
  });
});
