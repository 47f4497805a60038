import { describe, expect, it } from "vitest";
import { Resolver } from "../../../../../harness/ecs/terraform/configuration/resolver.ts";
import { readConfiguration } from "../../../../../harness/ecs/terraform/configuration/written-module.ts";
import { computedValues } from "../../../../../harness/ecs/terraform/plan/computed.ts";

const root = await readConfiguration({
  resource: {
    aws_service_discovery_service: { "one-more": {}, each: { for_each: { "a.b": 1 } } },
    aws_ecs_cluster: { main: {} },
  },
});

function evaluate(expression: string, region: string | undefined): unknown {
  const where = { region, account: "111111111111" };
  const known = { parameters: {}, drawn: new Map() };
  const resolver = new Resolver({ root, blocks: new Map() }, computedValues(where, known));
  return resolver.root.value(`\${${expression}}`);
}

describe("split() of an ARN that only AWS knows", () => {
  it.each([
    ["aws_ecs_cluster.main", "ecs"],
    ["aws_service_discovery_service.one-more", "servicediscovery"],
    ['aws_service_discovery_service.each["a.b"]', "servicediscovery"],
  ])("of %s has the region and the account", (address, service) => {
    const parts = ["arn", "aws-cn", service, "cn-north-1", "111111111111"];
    expect(evaluate(`split(":", ${address}.arn)`, "cn-north-1")).toEqual([
      ...parts,
      `⟨${address.replaceAll('"', "'")}.arn⟩`,
    ]);
  });

  it.each([
    ["another attribute", 'split(":", aws_ecs_cluster.main.id)', "eu-central-1"],
    ["another separator", 'split("/", aws_ecs_cluster.main.arn)', "eu-central-1"],
    ["an unknown region", 'split(":", aws_ecs_cluster.main.arn)', undefined],
  ])("is refused with %s", (_what, expression, region) => {
    expect(() => evaluate(expression, region)).toThrow("which only AWS knows");
  });
});
