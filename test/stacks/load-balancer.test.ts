import { describe, expect, it } from "vitest";
import { devWith, leastEnvironment, one } from "./support/template.ts";

const { app } = leastEnvironment;

describe("the app's load balancer", () => {
  const template = devWith({
    app: {
      ...app,
      port: 8080,
      deregistrationDelay: 7,
      healthCheck: { path: "/live", interval: 6, timeout: 2, unhealthyThreshold: 4 },
    },
  });

  it("faces the internet from the public subnets", () => {
    expect(one(template, "aws_lb")).toMatchObject({
      name: "dev-app",
      load_balancer_type: "application",
      internal: false,
      subnets: ["${aws_subnet.network_public_a.id}", "${aws_subnet.network_public_b.id}"],
      // AWS refuses one in a VPC without an internet gateway.
      depends_on: ["aws_route.network_public_internet"],
    });
  });

  it("forwards to tasks on their host ports, after the check of the environment", () => {
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
    expect(one(template, "aws_lb_listener")).toMatchObject({
      load_balancer_arn: "${aws_lb.load_balancer_alb.arn}",
      port: 80,
      protocol: "HTTP",
      default_action: [
        {
          type: "forward",
          target_group_arn: "${aws_lb_target_group.load_balancer_targets.arn}",
        },
      ],
    });
  });

  it("is kept from deletion where the environment is protected", () => {
    expect(one(devWith(), "aws_lb")["enable_deletion_protection"]).toBe(false);
    expect(one(devWith({ protected: true }), "aws_lb")["enable_deletion_protection"]).toBe(true);
  });
});
