import { describe, expect, it } from "vitest";
import { costsOf, hostMonth, leastHosts, mostHosts, total } from "../../../stacks/docs/costs.ts";
import { Template } from "../../../stacks/rules/template.ts";
import { devWith, existingParts } from "../support/template.ts";

function counts(changes: Parameters<typeof devWith>[0] = {}): Record<string, number> {
  const costs = costsOf(new Template(devWith(changes).json));
  return Object.fromEntries(costs.map(({ what, count }) => [what, count]));
}

describe("the costs of an environment", () => {
  it("count what is in its template", () => {
    expect(counts()).toMatchObject({
      "host t3.small": 2,
      "GB of the hosts' disks": 60,
      "NAT gateway": 1,
      // One of the NAT gateway, one in each of the load balancer's zones.
      "public IPv4 address": 3,
      "load balancer": 1,
      secret: 1,
    });
  });

  it("count one NAT gateway a zone where the environment wants it", () => {
    const network = { cidr: "10.0.0.0/16", zones: ["a", "b", "c"], nat: "perZone" } as const;
    expect(counts({ network: { ...network, zones: [...network.zones] } })["NAT gateway"]).toBe(3);
  });

  it("count nothing of what exists already", () => {
    const found = counts(existingParts);
    expect(Object.keys(found)).not.toContain("NAT gateway");
    expect(Object.keys(found).join()).not.toContain("host t3");
  });

  it("add up, and tell what another host costs", () => {
    const template = new Template(devWith().json);
    expect(total([{ what: "x", count: 2, each: 1.5 }])).toBe(3);
    expect([leastHosts(template), mostHosts(template)]).toEqual([2, 4]);
    expect(hostMonth(template)).toBeCloseTo(0.024 * 730 + 30 * 0.0952, 5);
  });

  it("refuse a host whose price nobody has written down", () => {
    expect(() => counts({ cluster: { instanceType: "x9.huge" } })).toThrow(
      "prices.ts has no price of x9.huge",
    );
  });
});
