import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";

const read = (overrides: Overrides): Promise<unknown> =>
  readTemplate(template(overrides), { parameters: {}, drawn: new Map() });

const arn = (rest: string): string => `arn:aws:${rest}`.replace("::", ":eu-west-1:123456789012:");

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
      "a daemon",
      { appService: { scheduling_strategy: "DAEMON" } },
      "aws_ecs_service.app.scheduling_strategy",
    ],
    [
      "tasks without a network",
      { appTask: { network_mode: "none" } },
      "aws_ecs_task_definition.app.network_mode",
    ],
    [
      "an existing namespace without a given name",
      { discovery: { dns_config: { namespace_id: "ns-1", dns_records: { type: "SRV", ttl: 2 } } } },
      'namespace "ns-1"',
    ],
    [
      "Fargate by a capacity provider",
      { appService: { capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT" }] } },
      "aws_ecs_service.app.capacity_provider_strategy.0.capacity_provider",
    ],
    [
      "Fargate by the cluster's default",
      {
        resource: {
          aws_ecs_cluster_capacity_providers: {
            x: {
              cluster_name: "test",
              capacity_providers: ["FARGATE"],
              default_capacity_provider_strategy: { capacity_provider: "FARGATE" },
            },
          },
        },
      },
      "default_capacity_provider_strategy.0.capacity_provider",
    ],
    [
      "a second cluster",
      { resource: { aws_ecs_cluster: { main: { name: "test" }, other: { name: "other" } } } },
      "aws_ecs_cluster.other",
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
      "spreading by an attribute of hosts",
      {
        appService: {
          ordered_placement_strategy: [
            { type: "spread", field: "host" },
            { type: "spread", field: "attribute:rack" },
          ],
        },
      },
      "aws_ecs_service.app.ordered_placement_strategy.1.field",
    ],
    [
      "ignoring part of an argument",
      { appService: { lifecycle: { ignore_changes: ["load_balancer[0].container_port"] } } },
      'aws_ecs_service.app.lifecycle.ignore_changes: "load_balancer[0].container_port"',
    ],
    [
      "a trigger that is not a resource",
      { appService: { lifecycle: { replace_triggered_by: ["data.aws_region.here"] } } },
      'aws_ecs_service.app.lifecycle.replace_triggered_by: "data.aws_region.here"',
    ],
    [
      "a service that is created before the old one is destroyed",
      { appService: { lifecycle: { create_before_destroy: true } } },
      "aws_ecs_service.app.lifecycle.create_before_destroy",
    ],
    ["another provider", { appService: { provider: "aws.other" } }, "aws_ecs_service.app.provider"],
    ["another region", { appService: { region: "us-east-1" } }, "aws_ecs_service.app.region"],
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
      "a version of a secret outside the template",
      {
        appContainer: {
          secrets: [{ name: "P", valueFrom: `${arn("secretsmanager::secret:x-a1B2c3")}:::v1` }],
        },
      },
      `${container}.secrets.P: the version v1 of a secret`,
    ],
    [
      "a version of a parameter",
      { appContainer: { secrets: [{ name: "P", valueFrom: arn("ssm::parameter/x:3") }] } },
      `${container}.secrets.P: the version 3 of a parameter`,
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
      "a service in the default cluster of the account",
      { appService: { cluster: undefined } },
      'aws_ecs_service.app.cluster: "default"',
    ],
    [
      "extra hosts",
      { appContainer: { extraHosts: [{ hostname: "x", ipAddress: "10.0.0.1" }] } },
      `${container}.extraHosts`,
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
