import { describe, expect, it } from "vitest";
import {
  definition,
  firstPlan,
  NETWORK,
  type Planned,
  refusal,
  service,
  templatesOf,
} from "./fixture.ts";

const discovery = (type: string): Planned[] => [
  {
    address: "aws_service_discovery_service.app",
    values: {
      name: "app",
      arn: "arn:app",
      dns_config: [{ namespace_id: "ns-1", dns_records: [{ type, ttl: 5 }] }],
    },
  },
  {
    address: "aws_service_discovery_private_dns_namespace.main",
    values: { id: "ns-1", name: "main.internal" },
  },
];

const registered = (mode: string, type: string): Planned[] => [
  definition("app", { portMappings: [] }, { network_mode: mode }),
  service("app", {
    ...(mode === "awsvpc" && NETWORK),
    service_registries: [{ registry_arn: "arn:app" }],
  }),
  ...discovery(type),
];

describe("a registry without container name and port", () => {
  it("registers the address of a task in awsvpc mode for A records", async () => {
    const { first } = await templatesOf(firstPlan(...registered("awsvpc", "A")));
    expect(first.plan.services[0]?.registries).toEqual([
      { address: "aws_service_discovery_service.app", containerName: "app", containerPort: 0 },
    ]);
  });

  it.each([
    ["awsvpc", "SRV"],
    ["bridge", "SRV"],
    ["bridge", "A"],
  ])("is refused in %s mode for %s records", async (mode, type) => {
    expect(await refusal(...registered(mode, type))).toContain(
      "container_name and container_port of a published port are required",
    );
  });
});
