import { describe, expect, it } from "vitest";
import { outlive } from "../support/references.ts";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  devWith,
  existingParts,
  minimalEnvironment,
  one,
  withoutNat,
} from "../support/template.ts";

const { network } = minimalEnvironment;

describe("a created network", () => {
  it("does not change subnets and mount targets when zones are appended", () => {
    const region = "us-east-1";
    const before = devWith({ region });
    for (const zones of [["a", "b", "c"] as const, ["a", "b", "c", "d"] as const]) {
      const after = devWith({ region, network: { ...network, zones: [...zones] } });
      for (const type of ["aws_subnet", "aws_route", "aws_efs_mount_target"]) {
        const kept = new Map(all(after, type));
        expect(all(before, type).length).toBeGreaterThan(1);
        for (const [id, resource] of all(before, type)) expect(kept.get(id)).toEqual(resource);
      }
      const blocks = all(after, "aws_subnet").map(([, subnet]) => subnet["cidr_block"]);
      expect(new Set(blocks).size).toBe(2 * zones.length);
    }
  });

  it("has a NAT gateway per zone if configured", () => {
    const template = devWith({ network: { ...network, zones: ["a", "c"], nat: "perZone" } });
    for (const zone of ["a", "c"]) {
      expect(one(template, "aws_nat_gateway", `network_nat_${zone}`)).toMatchObject({
        subnet_id: `\${aws_subnet.network_public_${zone}.id}`,
      });
      expect(one(template, "aws_route", `network_private_${zone}_nat`)).toMatchObject({
        nat_gateway_id: `\${aws_nat_gateway.network_nat_${zone}.id}`,
      });
    }
  });

  it.each(["single", "perZone"] as const)(
    "keeps its routes until no task runs and the load balancer is destroyed, with nat %s",
    (nat) => {
      const template = devWith({ network: { ...network, nat } });
      for (const user of ["aws_ecs_service.redis_service", "aws_lb.load_balancer_alb"]) {
        const kept = outlive(template, user);
        expect(kept).toContain("aws_route.network_public_internet");
        for (const zone of ["a", "b"]) {
          expect(kept).toContain(`aws_route_table_association.network_public_${zone}_association`);
        }
      }
    },
  );
});

describe("a network that is too small", () => {
  const small = { cidr: "10.0.0.0/24" };

  it("is refused without addresses for all hosts", () => {
    expect(refusedLines({ network: small, cluster: { maxHosts: 37 } })).toEqual([
      expect.stringContaining("dev.network.cidr:"),
    ]);
    expect(all(devWith({ network: small, cluster: { maxHosts: 36 } }), "aws_subnet")).toHaveLength(
      4,
    );
  });

  it("is refused without addresses for twice the tasks in awsvpc mode", () => {
    // The hosts have room for all tasks.
    const cluster = { instanceType: "m7i.large", eniTrunking: true, minHosts: 4, maxHosts: 4 };
    const inSubnets = { image: "example.com/search:1", port: 9200, networkMode: "awsvpc" } as const;
    const on = (tasks: number) => ({
      network: small,
      cluster,
      services: {
        search: { ...inSubnets, desiredCount: tasks },
        index: { ...inSubnets, port: 9300, desiredCount: 8 },
        crawl: { image: "example.com/crawl:1", port: 9400, desiredCount: 8 },
      },
    });
    expect(refusedLines(on(9))).toEqual([expect.stringMatching(/^dev\.network\.cidr: /)]);
    expect(all(devWith(on(8)), "aws_subnet")).toHaveLength(4);
  });

  it("is refused without addresses for endpoints", () => {
    const changes = { ...withoutNat, network: { ...withoutNat.network, ...small } };
    expect(refusedLines({ ...changes, cluster: { maxHosts: 17 } })).toHaveLength(1);
    expect(all(devWith({ ...changes, cluster: { maxHosts: 16 } }), "aws_subnet")).toHaveLength(4);
  });
});

it("has no flow logs by default", () => {
  expect(all(devWith(), "aws_flow_log")).toEqual([]);
});

describe("an existing network", () => {
  it("can be internet-facing with public subnets", () => {
    const publicSubnetIds = ["subnet-0c", "subnet-0d"];
    const template = devWith({ network: { ...existingParts.network, publicSubnetIds } });
    expect(one(template, "aws_lb")).toMatchObject({ internal: false, subnets: publicSubnetIds });
  });

  it("is refused if a subnet is both public and private", () => {
    const publicSubnetIds = ["subnet-0a", "subnet-0c"];
    expect(refusedLines({ network: { ...existingParts.network, publicSubnetIds } })).toEqual([
      expect.stringMatching(/^dev\.network\.publicSubnetIds: /),
    ]);
  });

  it("gets no network resources, and has the hosts and the internal load balancer", () => {
    const template = devWith({ network: existingParts.network });
    const types = Object.keys(template.json.resource);
    expect(types.filter((type) => /vpc$|subnet|route|nat_|gateway|eip/.test(type))).toEqual([]);
    const { privateSubnetIds } = existingParts.network;
    expect(one(template, "aws_autoscaling_group")["vpc_zone_identifier"]).toEqual(privateSubnetIds);
    expect(one(template, "aws_lb")).toMatchObject({ internal: true, subnets: privateSubnetIds });
  });
});
