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
  it("supports private DNS zones", () => {
    expect(one(devWith(), "aws_vpc")).toMatchObject({
      cidr_block: "10.0.0.0/16",
      enable_dns_support: true,
      enable_dns_hostnames: true,
    });
  });

  it("has a public and a private subnet in each zone, without overlaps", () => {
    const subnets = all(devWith(), "aws_subnet").map(([, subnet]) => [
      subnet["availability_zone"],
      subnet["cidr_block"],
    ]);
    expect(
      subnets.toSorted(([, first], [, second]) => String(first).localeCompare(String(second))),
    ).toEqual([
      ["eu-west-1a", "10.0.0.0/19"],
      ["eu-west-1b", "10.0.32.0/19"],
      ["eu-west-1a", "10.0.64.0/19"],
      ["eu-west-1b", "10.0.96.0/19"],
    ]);
  });

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

  it("routes private subnets through one NAT gateway in a public subnet", () => {
    const template = devWith();
    expect(all(template, "aws_nat_gateway").map(([id]) => id)).toEqual(["network_nat_a"]);
    expect(one(template, "aws_nat_gateway")).toMatchObject({
      subnet_id: "${aws_subnet.network_public_a.id}",
    });
    for (const zone of ["a", "b"]) {
      expect(one(template, "aws_route", `network_private_${zone}_nat`)).toMatchObject({
        route_table_id: `\${aws_route_table.network_private_${zone}_routes.id}`,
        nat_gateway_id: "${aws_nat_gateway.network_nat_a.id}",
      });
      expect(
        one(template, "aws_route_table_association", `network_private_${zone}_association`),
      ).toMatchObject({
        subnet_id: `\${aws_subnet.network_private_${zone}.id}`,
        route_table_id: `\${aws_route_table.network_private_${zone}_routes.id}`,
      });
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

  it("creates routes before the hosts, which need them to join the cluster", () => {
    expect(one(devWith(), "aws_autoscaling_group")["depends_on"]).toEqual(
      expect.arrayContaining([
        "aws_route.network_private_a_nat",
        "aws_route.network_private_b_nat",
        "aws_route_table_association.network_private_a_association",
        "aws_route_table_association.network_private_b_association",
      ]),
    );
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
      expect.stringContaining('dev.network.cidr: got "10.0.0.0/24"; allowed: '),
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
    expect(refusedLines(on(9))).toEqual([
      expect.stringMatching(
        /^dev\.network\.cidr: .* services\.search\.desiredCount \(9\), services\.index\.desiredCount \(8\)$/,
      ),
    ]);
    expect(all(devWith(on(8)), "aws_subnet")).toHaveLength(4);
  });

  it("is refused without addresses for endpoints", () => {
    const changes = { ...withoutNat, network: { ...withoutNat.network, ...small } };
    expect(refusedLines({ ...changes, cluster: { maxHosts: 17 } })).toHaveLength(1);
    expect(all(devWith({ ...changes, cluster: { maxHosts: 16 } }), "aws_subnet")).toHaveLength(4);
  });
});

describe("the default security group of a VPC", () => {
  it("has no rules", () => {
    const group = one(devWith(), "aws_default_security_group");
    expect(group["vpc_id"]).toBe("${aws_vpc.network_vpc.id}");
    expect(group).not.toHaveProperty("ingress");
    expect(group).not.toHaveProperty("egress");
  });
});

describe("flow logs", () => {
  const template = devWith({
    network: { ...network, flowLogs: true },
    logRetentionDays: 90,
    logKmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/0a1b",
  });

  it("are off by default", () => {
    expect(all(devWith(), "aws_flow_log")).toEqual([]);
  });

  it("record all traffic of the VPC in a log group with the containers' settings", () => {
    expect(one(template, "aws_flow_log")).toMatchObject({
      vpc_id: "${aws_vpc.network_vpc.id}",
      traffic_type: "ALL",
      log_destination: "${aws_cloudwatch_log_group.network_flow_log.arn}",
      iam_role_arn: "${aws_iam_role.network_flow_role.arn}",
    });
    expect(one(template, "aws_cloudwatch_log_group", "network_flow_log")).toMatchObject({
      name: "/vpc/dev/flow",
      retention_in_days: 90,
      skip_destroy: false,
      kms_key_id: "arn:aws:kms:eu-west-1:123456789012:key/0a1b",
    });
  });

  it("are written by a role with only this permission, for this account only", () => {
    const role = one(template, "aws_iam_role", "network_flow_role");
    expect(JSON.parse(String(role["assume_role_policy"]))).toMatchObject({
      Statement: [
        {
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    });
    const policy = one(template, "aws_iam_role_policy", "network_flow_role_policy");
    expect(JSON.parse(String(policy["policy"]))).toMatchObject({
      Statement: [
        { Resource: "${aws_cloudwatch_log_group.network_flow_log.arn}:*" },
        { Action: "logs:DescribeLogGroups" },
      ],
    });
  });
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
      expect.stringMatching(/^dev\.network\.publicSubnetIds: got .* none of privateSubnetIds$/),
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
