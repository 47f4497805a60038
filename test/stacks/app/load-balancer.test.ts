import { describe, expect, it } from "vitest";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { all, devWith, existingParts, minimalEnvironment, one } from "../support/template.ts";

const { app } = minimalEnvironment;
const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b";

function withBalancer(changes: object, environment: Partial<EnvironmentInput> = {}) {
  const loadBalancer = { ...app.loadBalancer, ...changes };
  return devWith({ ...environment, app: { ...app, loadBalancer } });
}

describe("the app's load balancer", () => {
  it("is internal if configured, or if the network has no public subnets", () => {
    expect(one(withBalancer({ internal: true }), "aws_lb")).toMatchObject({
      internal: true,
      subnets: ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"],
    });
    const { network } = existingParts;
    expect(one(devWith({ network }), "aws_lb")).toMatchObject({
      internal: true,
      subnets: network.privateSubnetIds,
    });
  });

  it("forwards to host ports, with the configured health check", () => {
    const template = withBalancer({
      deregistrationDelay: 7,
      healthCheck: { path: "/live", interval: 6, timeout: 2, unhealthyThreshold: 4 },
    });
    expect(one(template, "aws_lb_target_group")).toMatchObject({
      target_type: "instance",
      protocol: "HTTP",
      deregistration_delay: "7",
      health_check: {
        path: "/live",
        matcher: "200",
        interval: 6,
        timeout: 2,
        healthy_threshold: 2,
        unhealthy_threshold: 4,
      },
    });
  });

  it("keeps its target group when the app's port changes", () => {
    const before = one(devWith(), "aws_lb_target_group");
    const after = one(devWith({ app: { ...app, port: 8080 } }), "aws_lb_target_group");
    expect(after).toEqual(before);
  });

  it("writes access logs to the configured bucket", () => {
    expect(one(devWith(), "aws_lb")).not.toHaveProperty("access_logs");
    const template = withBalancer({ accessLogsBucket: "logs", idleTimeout: 30 });
    expect(one(template, "aws_lb")).toMatchObject({
      access_logs: { bucket: "logs", prefix: "dev", enabled: true },
      idle_timeout: 30,
    });
  });
});

describe("with a certificate", () => {
  const template = withBalancer({ certificateArn, allowedCidrs: ["10.0.0.0/8", "192.0.2.0/24"] });

  it("opens both ports to the configured clients", () => {
    expect(clients(template)).toEqual([
      ["10.0.0.0/8", 80, 80],
      ["192.0.2.0/24", 80, 80],
      ["10.0.0.0/8", 443, 443],
      ["192.0.2.0/24", 443, 443],
    ]);
  });
});

describe("with a host name", () => {
  const hostname = "app.example.com";

  it("uses it in the app's URL", () => {
    const template = withBalancer({ certificateArn, hostname });
    expect(template.json["output"]).toMatchObject({
      app_url: { value: "https://app.example.com" },
      load_balancer_dns_name: { value: "${aws_lb.load_balancer_alb.dns_name}" },
    });
    expect(all(template, "aws_route53_record")).toEqual([]);
  });

  it("creates a record in the configured zone", () => {
    const template = withBalancer({ hostname, hostedZoneId: "Z0123ABC" });
    expect(one(template, "aws_route53_record")).toMatchObject({
      zone_id: "Z0123ABC",
      name: hostname,
      type: "A",
      alias: {
        name: "${aws_lb.load_balancer_alb.dns_name}",
        zone_id: "${aws_lb.load_balancer_alb.zone_id}",
      },
    });
  });
});

/** Blocks and ports that the load balancer's security group allows. */
function clients(template: ReturnType<typeof devWith>) {
  return all(template, "aws_vpc_security_group_ingress_rule").flatMap(([, rule]) =>
    rule["security_group_id"] === "${aws_security_group.load_balancer_security_group.id}"
      ? [[rule["cidr_ipv4"], rule["from_port"], rule["to_port"]]]
      : [],
  );
}
