import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";

const read = (overrides: Overrides): Promise<unknown> =>
  readTemplate(template(overrides), { parameters: {}, drawn: new Map() });

describe("a template with unsupported parts", () => {
  const container = "aws_ecs_task_definition.app.container_definitions.0";
  it.each<[what: string, overrides: Overrides, message: string]>([
    [
      "an unknown resource type",
      { resource: { aws_instance: { x: {} } } },
      "aws_instance.x: aws_instance is not modelled",
    ],
    [
      "a type whose name begins like one without effect",
      { resource: { aws_route53_zone: { x: {} } } },
      "aws_route53_zone.x: aws_route53_zone is not modelled",
    ],
    [
      "an unknown argument of a service",
      { appService: { volume_configuration: {} } },
      "aws_ecs_service.app.volume_configuration is not modelled",
    ],
    [
      "for_each with a key that only AWS knows",
      { appService: { for_each: ["${aws_ecs_cluster.main.id}"] } },
      "aws_ecs_service.app.for_each: a key needs aws_ecs_cluster.main.id",
    ],
    [
      "a log driver that ECS does not have",
      { appContainer: { logConfiguration: { logDriver: "loki" } } },
      "aws_ecs_task_definition.app.container_definitions.0.logConfiguration.logDriver",
    ],
    [
      "a daemon",
      { appService: { scheduling_strategy: "DAEMON" } },
      "aws_ecs_service.app.scheduling_strategy",
    ],
    [
      "an existing namespace without a given name",
      { discovery: { dns_config: { namespace_id: "ns-1", dns_records: { type: "SRV", ttl: 2 } } } },
      'namespace "ns-1"',
    ],
    [
      "a service of another cluster",
      { appService: { cluster: "other" } },
      'aws_ecs_service.app.cluster: "other"',
    ],
    [
      "packing by CPU",
      { appService: { ordered_placement_strategy: { type: "binpack", field: "cpu" } } },
      "aws_ecs_service.app.ordered_placement_strategy.0.field",
    ],
    [
      "ignoring part of an argument",
      { appService: { lifecycle: { ignore_changes: ["load_balancer[0].container_port"] } } },
      'aws_ecs_service.app.lifecycle.ignore_changes: "load_balancer[0].container_port"',
    ],
    [
      "a service that is created before the old one is destroyed",
      { appService: { lifecycle: { create_before_destroy: true } } },
      "aws_ecs_service.app.lifecycle.create_before_destroy",
    ],
    ["another provider", { appService: { provider: "aws.other" } }, "aws_ecs_service.app.provider"],
    [
      "an earlier stage of a secret",
      {
        appContainer: {
          secrets: [
            { name: "P", valueFrom: "${aws_secretsmanager_secret.redis.arn}::AWSPREVIOUS:" },
          ],
        },
      },
      `${container}.secrets.P: the stage AWSPREVIOUS of a secret`,
    ],
    [
      "a secret version that is not the current one",
      {
        resource: {
          aws_secretsmanager_secret_version: {
            redis: {
              secret_id: "${aws_secretsmanager_secret.redis.id}",
              secret_string: "x",
              version_stages: ["AWSPENDING"],
            },
          },
        },
      },
      "aws_secretsmanager_secret_version.redis.version_stages",
    ],
    [
      "Windows",
      { appTask: { runtime_platform: { operating_system_family: "WINDOWS_SERVER_2022_CORE" } } },
      "aws_ecs_task_definition.app.runtime_platform.operating_system_family",
    ],
    [
      "a load balancer that removes X-Forwarded-For",
      { resource: { aws_lb: { app: { xff_header_processing_mode: "remove" } } } },
      "aws_lb.app.xff_header_processing_mode",
    ],
    [
      "Fargate",
      { appTask: { requires_compatibilities: ["FARGATE"] } },
      "aws_ecs_task_definition.app.requires_compatibilities",
    ],
    [
      "UDP",
      { appContainer: { portMappings: [{ containerPort: 1, protocol: "udp" }] } },
      `${container}.portMappings.0.protocol`,
    ],
    [
      "a value only AWS knows",
      { appContainer: { environment: [{ name: "LB", value: "${aws_lb.app.dns_name}" }] } },
      'container_definitions.0 ("app") uses aws_lb.app.dns_name',
    ],
    [
      "more hosts than there are addresses",
      { group: { desired_capacity: 101, max_size: 200 } },
      "aws_autoscaling_group.hosts.desired_capacity",
    ],
    [
      "a secret without a value",
      {
        resource: {
          aws_secretsmanager_secret_version: {
            redis: { secret_id: "${aws_secretsmanager_secret.redis.id}" },
          },
        },
      },
      "aws_secretsmanager_secret_version.redis",
    ],
    [
      "an instance of unknown size",
      { resource: { aws_launch_template: { hosts: { instance_type: "u7i-12tb.224xlarge" } } } },
      "aws_launch_template.hosts.instance_type",
    ],
  ])("is refused with address and field: %s", async (_what, overrides, message) => {
    await expect(read(overrides)).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED",
      message: expect.stringContaining(message),
    });
  });

  it("accepts expressions that it cannot evaluate in arguments without effect", async () => {
    const appService = { tags: "${merge(local.tags, { a = 1 })}" };
    const group = { vpc_zone_identifier: "${aws_subnet.private[*].id}" };
    await expect(read({ appService, group })).resolves.toBeDefined();
    await expect(read({ appService: { desired_count: "${cidrnetmask(1)}" } })).rejects.toThrow(
      "aws_ecs_service.app.desired_count",
    );
  });

  it("accepts null for missing arguments, and empty fields that it does not model", async () => {
    const appContainer = {
      command: null,
      healthCheck: null,
      firelensConfiguration: null,
      extraHosts: [],
      dnsServers: [],
      resourceRequirements: [],
      environmentFiles: [],
      linuxParameters: { initProcessEnabled: true, devices: [], sharedMemorySize: null },
    };
    await expect(
      read({ appContainer, appService: { launch_type: null, placement_constraints: null } }),
    ).resolves.toBeDefined();
  });

  it("accepts text for a boolean, and a fixed port that only one service needs", async () => {
    const deployment_circuit_breaker = { enable: "true", rollback: "false" };
    const group = { min_size: 1, max_size: 1 };
    const portMappings = [{ containerPort: 3000, hostPort: 80 }];
    const appService = { deployment_circuit_breaker, desired_count: 0 };
    await expect(
      read({ appService, group, appContainer: { portMappings } }),
    ).resolves.toBeDefined();
  });

  it("lists all problems in one error", async () => {
    const reading = read({
      appService: { volume_configuration: {} },
      redisService: { alarm: {} },
      resource: { aws_instance: { x: {} } },
    });
    await expect(reading).rejects.toThrow("aws_ecs_service.app.volume_configuration");
    await expect(reading).rejects.toThrow("aws_ecs_service.redis.alarm");
    await expect(reading).rejects.toThrow("aws_instance.x");
  });
});
