import { describe, expect, it } from "vitest";
import { discover } from "../../../stacks/discovery/discovery.ts";
import { all, devWith, existingParts, one } from "../support/template.ts";

describe("the Cloud Map service of Redis", () => {
  it("publishes SRV records of all healthy tasks", () => {
    expect(one(devWith({ redis: { dnsTtl: 5 } }), "aws_service_discovery_service")).toMatchObject({
      name: "dev-redis",
      dns_config: {
        namespace_id: "${aws_service_discovery_private_dns_namespace.discovery_namespace.id}",
        routing_policy: "MULTIVALUE",
        dns_records: [{ type: "SRV", ttl: 5 }],
      },
    });
  });

  it("has the failure threshold that causes no plan differences", () => {
    expect(one(devWith(), "aws_service_discovery_service")["health_check_custom_config"]).toEqual({
      failure_threshold: 1,
    });
  });

  it("can be destroyed with its instances, unless protected", () => {
    const type = "aws_service_discovery_service";
    expect(one(devWith({ protected: false }), type)["force_destroy"]).toBe(true);
    expect(one(devWith({ protected: true }), type)["force_destroy"]).toBe(false);
  });
});

describe("the namespace", () => {
  it("is created in the VPC with its derived name", () => {
    expect(one(devWith(), "aws_service_discovery_private_dns_namespace")).toMatchObject({
      name: "dev-ecs",
      vpc: "${aws_vpc.network_vpc.id}",
    });
  });

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
