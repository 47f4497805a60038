import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { outlive } from "../support/references.ts";
import { all, devWith, existingParts, one, type Template } from "../support/template.ts";

function userData(template: Template): string {
  const encoded = String(one(template, "aws_launch_template")["user_data"]);
  return Buffer.from(encoded, "base64").toString("utf8");
}

function forced(template: Template): unknown[] {
  return all(template, "aws_ecs_service").map(([, service]) => service["force_new_deployment"]);
}

describe("a created cluster", () => {
  const template = devWith({ cluster: { instanceType: "m7g.large", minHosts: 3, maxHosts: 7 } });

  it("uses the machine image that is current when a host starts", () => {
    expect(one(template, "aws_launch_template")).toMatchObject({
      image_id: expect.stringMatching(/^resolve:ssm:.*arm64/),
      instance_type: "m7g.large",
      vpc_security_group_ids: ["${aws_security_group.cluster_security_group.id}"],
    });
    expect(one(template, "aws_autoscaling_group")).toMatchObject({
      min_size: 3,
      max_size: 7,
      launch_template: {
        id: "${aws_launch_template.cluster_launch_template.id}",
        version: "$Latest",
      },
    });
  });

  it("uses the configured image, disk and metrics", () => {
    const given = devWith({
      cluster: { imageId: "ami-0123456789abcdef0", diskSize: 100, containerInsights: "enhanced" },
    });
    expect(one(given, "aws_launch_template")).toMatchObject({
      image_id: "ami-0123456789abcdef0",
      block_device_mappings: [{ ebs: { volume_size: 100, encrypted: "true" } }],
    });
    expect(one(given, "aws_ecs_cluster")["setting"]).toEqual([
      { name: "containerInsights", value: "enhanced" },
    ]);
  });

  it("logs what is typed and shown with ECS Exec, by the role of each task", () => {
    const group = "${aws_cloudwatch_log_group.cluster_exec_log.name}";
    const given = devWith({
      exec: true,
      logRetentionDays: 14,
      services: { search: { image: "a:1", port: 80 } },
    });
    expect(one(given, "aws_cloudwatch_log_group", "cluster_exec_log")).toMatchObject({
      name: "/ecs-exec/dev",
      retention_in_days: 14,
    });
    expect(one(given, "aws_ecs_cluster")["configuration"]).toEqual({
      execute_command_configuration: {
        logging: "OVERRIDE",
        log_configuration: { cloud_watch_log_group_name: group },
      },
    });
    for (const id of ["app", "redis", "service_search"]) {
      expect(one(given, "aws_iam_role_policy", `${id}_roles_task_policy`)["policy"]).toContain(
        `:log-group:${group}:*`,
      );
    }
    expect(one(devWith(), "aws_ecs_cluster")).not.toHaveProperty("configuration");
    // The owner of an existing cluster decides.
    const existing = devWith({ ...existingParts, exec: true });
    expect(existing.text).not.toMatch(/ecs-exec|logs:PutLogEvents/);
  });

  it("replaces its hosts after a change of them, if configured", () => {
    expect(one(template, "aws_autoscaling_group")).not.toHaveProperty("instance_refresh");
    expect(one(devWith({ cluster: { hostRefresh: true } }), "aws_autoscaling_group")).toMatchObject(
      {
        launch_template: {
          version: "${aws_launch_template.cluster_launch_template.latest_version}",
        },
        instance_refresh: {
          strategy: "Rolling",
          preferences: {
            min_healthy_percentage: 100,
            max_healthy_percentage: 150,
            scale_in_protected_instances: "Refresh",
          },
        },
      },
    );
  });

  it("opens exactly the hosts' dynamic port range", () => {
    const from = 33_000;
    const to = 34_000;
    const ranged = devWith({ cluster: { dynamicPortRange: { from, to } } });
    expect(userData(ranged)).toContain(`ECS_DYNAMIC_HOST_PORT_RANGE=${from}-${to}\n`);
    const rules = ["cluster_from_hosts", "load_balancer_hosts_0_from_here"].map((id) =>
      one(ranged, "aws_vpc_security_group_ingress_rule", id),
    );
    for (const rule of rules) {
      expect(rule).toMatchObject({
        security_group_id: "${aws_security_group.cluster_security_group.id}",
        ip_protocol: "tcp",
        from_port: from,
        to_port: to,
      });
    }
    const inward = all(ranged, "aws_vpc_security_group_ingress_rule").filter(
      ([, rule]) => rule["security_group_id"] === rules[0]?.["security_group_id"],
    );
    expect(inward).toHaveLength(rules.length);
  });

  it("keeps its security group rules until no task runs, because agents must report stopped tasks", () => {
    for (const service of ["app_service", "redis_service"]) {
      const kept = outlive(template, `aws_ecs_service.${service}`);
      expect(kept).toContain("aws_vpc_security_group_egress_rule.cluster_to_anywhere");
      expect(kept).toContain("aws_vpc_security_group_ingress_rule.cluster_from_hosts");
    }
  });
});

describe("an existing cluster", () => {
  const { network, cluster } = existingParts;

  it("runs the services on its EC2 hosts and creates no cluster resources", () => {
    const template = devWith({ network, cluster });
    expect(all(template, "aws_ecs_cluster")).toEqual([]);
    expect(all(template, "aws_launch_template")).toEqual([]);
    for (const [, service] of all(template, "aws_ecs_service")) {
      expect(service).toMatchObject({
        cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/games",
        launch_type: "EC2",
      });
      expect(service).not.toHaveProperty("capacity_provider_strategy");
    }
  });

  it("uses the configured capacity provider instead of a launch type", () => {
    const template = devWith({ network, cluster: { ...cluster, capacityProvider: "spot" } });
    for (const [, service] of all(template, "aws_ecs_service")) {
      expect(service["capacity_provider_strategy"]).toEqual([
        { capacity_provider: "spot", weight: 1 },
      ]);
      expect(service).not.toHaveProperty("launch_type");
    }
  });

  it("forces a new deployment only if configured", () => {
    const moved = { ...cluster, capacityProvider: "spot", forceNewDeployment: true };
    const before = devWith({ network, cluster: { ...cluster, capacityProvider: "hosts" } });
    const during = devWith({ network, cluster: moved });
    const after = devWith({ network, cluster: { ...moved, forceNewDeployment: false } });
    expect(forced(before)).toEqual([undefined, undefined]);
    expect(forced(during)).toEqual([true, true]);
    expect(forced(after)).toEqual([undefined, undefined]);
    expect(differences(before, during)).toEqual([
      "aws_ecs_service.app_service",
      "aws_ecs_service.redis_service",
    ]);
  });

  it("opens each of its hosts' security groups to the load balancer", () => {
    const template = devWith({ network, cluster });
    const opened = all(template, "aws_vpc_security_group_ingress_rule")
      .filter(([id]) => id.startsWith("load_balancer_hosts"))
      .map(([, { security_group_id, from_port, to_port }]) => [
        security_group_id,
        from_port,
        to_port,
      ]);
    expect(opened).toEqual([
      ["sg-01", 32_768, 49_000],
      ["sg-02", 32_768, 49_000],
    ]);
  });
});
