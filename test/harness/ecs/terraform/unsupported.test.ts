import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";

const read = (overrides: Overrides): Promise<unknown> =>
  readTemplate(template(overrides), { parameters: {}, drawn: new Map() });

const arn = (rest: string): string => `arn:aws:${rest}`.replace("::", ":eu-west-1:123456789012:");

describe("what a template asks for and the local ECS cannot honour", () => {
  const container = "aws_ecs_task_definition.app.container_definitions.0";
  it.each<[what: string, overrides: Overrides, message: string]>([
    [
      "an unknown resource type",
      { resource: { aws_instance: { x: {} } } },
      "aws_instance.x: aws_instance is not modelled",
    ],
    [
      "a type that only begins like one without effect",
      { resource: { aws_route53_zone: { x: {} } } },
      "aws_route53_zone.x: aws_route53_zone is not modelled",
    ],
    [
      "an unknown argument of a service",
      { appService: { service_connect_configuration: {} } },
      "aws_ecs_service.app.service_connect_configuration is not modelled",
    ],
    [
      "for_each",
      { appService: { for_each: ["a"] } },
      "aws_ecs_service.app.for_each is not modelled",
    ],
    [
      "a daemon",
      { appService: { scheduling_strategy: "DAEMON" } },
      "aws_ecs_service.app.scheduling_strategy",
    ],
    [
      "tasks without a network",
      { appTask: { network_mode: "none" } },
      "aws_ecs_task_definition.app.network_mode: the local ECS runs bridge, host and awsvpc mode",
    ],
    [
      "a namespace of others that no one named",
      { discovery: { dns_config: { namespace_id: "ns-1", dns_records: { type: "SRV", ttl: 2 } } } },
      'namespace "ns-1" is not of this template; give its name in the option namespaces',
    ],
    [
      "Fargate by a capacity provider",
      { appService: { capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT" }] } },
      "aws_ecs_service.app.capacity_provider_strategy.0.capacity_provider: the local ECS runs EC2 tasks only",
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
      "default_capacity_provider_strategy.0.capacity_provider: the local ECS runs EC2 tasks only",
    ],
    [
      "a second cluster",
      { resource: { aws_ecs_cluster: { main: { name: "test" }, other: { name: "other" } } } },
      "aws_ecs_cluster.other: the local ECS models one cluster",
    ],
    [
      "a service of another cluster",
      { appService: { cluster: "other" } },
      'aws_ecs_service.app.cluster: "other" is another cluster than "test"',
    ],
    [
      "packing by CPU",
      { appService: { ordered_placement_strategy: { type: "binpack", field: "cpu" } } },
      "aws_ecs_service.app.ordered_placement_strategy.0.field: the local ECS packs by memory only",
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
      "aws_ecs_service.app.ordered_placement_strategy.1.field: the local ECS spreads over hosts",
    ],
    [
      "ignoring part of an argument",
      { appService: { lifecycle: { ignore_changes: ["load_balancer[0].container_port"] } } },
      'aws_ecs_service.app.lifecycle.ignore_changes: "load_balancer[0].container_port" is not an argument',
    ],
    [
      "a trigger that is no resource",
      { appService: { lifecycle: { replace_triggered_by: ["data.aws_region.here"] } } },
      'aws_ecs_service.app.lifecycle.replace_triggered_by: "data.aws_region.here" is neither a resource',
    ],
    [
      "a service beside the one it replaces",
      { appService: { lifecycle: { create_before_destroy: true } } },
      "aws_ecs_service.app.lifecycle.create_before_destroy",
    ],
    [
      "another provider",
      { appService: { provider: "aws.other" } },
      "aws_ecs_service.app.provider: the local ECS models the first aws provider only",
    ],
    [
      "another region",
      { appService: { region: "us-east-1" } },
      "aws_ecs_service.app.region: the local ECS models the provider's region only",
    ],
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
      "a version of a secret of others",
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
      "a version of a secret that is not the current one",
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
      "a load balancer that hides its clients",
      { resource: { aws_lb: { app: { xff_header_processing_mode: "remove" } } } },
      "aws_lb.app.xff_header_processing_mode",
    ],
    [
      "a service of the account's default cluster beside its own",
      { appService: { cluster: undefined } },
      'aws_ecs_service.app.cluster: "default" is another cluster than "test"',
    ],
    [
      "hosts of others",
      { appContainer: { extraHosts: [{ hostname: "x", ipAddress: "10.0.0.1" }] } },
      `${container}.extraHosts: is not modelled by the local ECS`,
    ],
    ["Fargate", { appTask: { requires_compatibilities: ["FARGATE"] } }, "runs EC2 tasks only"],
    [
      "UDP",
      { appContainer: { portMappings: [{ containerPort: 1, protocol: "udp" }] } },
      `${container}.portMappings.0.protocol`,
    ],
    [
      "a value only AWS knows",
      { appContainer: { environment: [{ name: "LB", value: "${aws_lb.app.dns_name}" }] } },
      'container_definitions.0 ("app") uses aws_lb.app.dns_name, which only AWS knows',
    ],
    [
      "more hosts than there are addresses",
      { group: { desired_capacity: 101, max_size: 200 } },
      "runs up to 100 hosts, not 101",
    ],
    [
      "a Cloud Map service without records",
      { discovery: { dns_config: undefined } },
      "aws_service_discovery_service.redis.dns_config: a service without DNS records is not modelled",
    ],
    [
      "a second group of hosts",
      {
        resource: {
          aws_autoscaling_group: Object.fromEntries(
            ["hosts", "more"].map((name) => [
              name,
              {
                min_size: 2,
                max_size: 4,
                launch_template: { id: "${aws_launch_template.hosts.id}" },
              },
            ]),
          ),
        },
      },
      "the local ECS models one group of hosts",
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
      "aws_secretsmanager_secret_version.redis: neither secret_string nor secret_string_wo",
    ],
    [
      "an instance of unknown size",
      { resource: { aws_launch_template: { hosts: { instance_type: "u7i-12tb.224xlarge" } } } },
      "aws_launch_template.hosts.instance_type",
    ],
  ])("refuses %s by address and field", async (_what, overrides, message) => {
    await expect(read(overrides)).rejects.toMatchObject({
      code: "ERR_UNSUPPORTED",
      message: expect.stringContaining(message),
    });
  });

  it("takes what it cannot evaluate where the value changes nothing", async () => {
    const appService = { tags: "${merge(local.tags, { a = 1 })}" };
    const group = { vpc_zone_identifier: "${aws_subnet.private[*].id}" };
    await expect(read({ appService, group })).resolves.toBeDefined();
    await expect(read({ appService: { desired_count: "${max(1, 2)}" } })).rejects.toThrow(
      "aws_ecs_service.app.desired_count: the function max() is not evaluated locally",
    );
  });

  it("takes null for what is left out, and fields that it does not model when they are empty", async () => {
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

  it("takes text for a boolean, and a port that is fixed where tasks have hosts or addresses of their own", async () => {
    const deployment_circuit_breaker = { enable: "true", rollback: "false" };
    const group = { min_size: 1, max_size: 1 };
    const portMappings = [{ containerPort: 3000, hostPort: 80 }];
    const appService = { deployment_circuit_breaker, desired_count: 0 };
    await expect(
      read({ appService, group, appContainer: { portMappings } }),
    ).resolves.toBeDefined();
  });

  it("names everything at once", async () => {
    const reading = read({
      appService: { for_each: ["a"] },
      redisService: { alarm: {} },
      resource: { aws_instance: { x: {} } },
    });
    await expect(reading).rejects.toThrow("aws_ecs_service.app.for_each");
    await expect(reading).rejects.toThrow("aws_ecs_service.redis.alarm");
    await expect(reading).rejects.toThrow("aws_instance.x");
  });
});
