import { describe, expect, it } from "vitest";
import { discover } from "../../../stacks/discovery/discovery.ts";
import { all, devWith, existingParts, one } from "../support/template.ts";

describe("the namespace", () => {
  it("is created with the configured name", () => {
    const template = devWith({ namespace: { name: "games.internal" } });
    expect(one(template, "aws_service_discovery_private_dns_namespace")["name"]).toBe(
      "games.internal",
    );
    expect(template.text).toContain("redis+srv://dev-redis.games.internal");
  });

  it("is used if it exists", () => {
    const { network, namespace } = existingParts;
    const template = devWith({ network, namespace });
    expect(all(template, "aws_service_discovery_private_dns_namespace")).toEqual([]);
    expect(one(template, "aws_service_discovery_service")["dns_config"]).toMatchObject({
      namespace_id: "ns-0123",
    });
  });
});

describe("the permission to discover instances", () => {
  it.each([
    ["one service", ["dev-redis"], "dev-redis"],
    ["each of several services", ["dev-redis", "dev-search"], ["dev-redis", "dev-search"]],
  ] as const)("is limited to %s", (_, [service, ...more], named) => {
    expect(discover("dev-ecs", service, ...more).Condition).toEqual({
      StringEquals: {
        "servicediscovery:NamespaceName": "dev-ecs",
        "servicediscovery:ServiceName": named,
      },
    });
  });
});
