import { describe, expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template, type Overrides } from "../fixture/template.ts";

const read = (overrides: Overrides): Promise<unknown> =>
  readTemplate(template(overrides), { parameters: {}, drawn: new Map() });

/** Two containers in the app's task. */
const two = (first: object, second: object): Overrides => ({
  appTask: {
    container_definitions: JSON.stringify([
      { name: "app", image: "app", memory: 64, portMappings: [{ containerPort: 3000 }], ...first },
      { name: "b", image: "app", memory: 64, ...second },
    ]),
  },
});

describe("a template that contradicts itself", () => {
  it.each<[what: string, overrides: Overrides, message: string]>([
    [
      "extra hosts in awsvpc mode",
      {
        appContainer: { extraHosts: [{ hostname: "x", ipAddress: "10.0.0.1" }] },
        appTask: { network_mode: "awsvpc" },
      },
      '"app" has extraHosts, which awsvpc mode does not allow',
    ],
    [
      "secrets without an execution role",
      { appTask: { execution_role_arn: undefined } },
      "aws_ecs_task_definition.app.execution_role_arn: When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    ],
    [
      "a service in awsvpc mode without a network configuration",
      {
        appTask: { network_mode: "awsvpc" },
        appService: { network_configuration: [] },
        targetGroup: { target_type: "ip" },
      },
      "aws_ecs_service.app.network_configuration: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    ...["bridge", "host"].map((network_mode): [string, Overrides, string] => [
      `a service in ${network_mode} mode with a network configuration`,
      {
        appTask: { network_mode },
        appService: { network_configuration: { subnets: ["subnet-1"] } },
      },
      `aws_ecs_service.app.network_configuration: Network Configuration is not valid for the given networkMode of this task definition: ${network_mode}.`,
    ]),
    [
      "a host name in awsvpc mode",
      { appContainer: { hostname: "x" }, appTask: { network_mode: "awsvpc" } },
      '"app" has hostname, which awsvpc mode does not allow',
    ],
    [
      "a soft limit above the hard one",
      { appContainer: { ulimits: [{ name: "nofile", softLimit: 2048, hardLimit: 1024 }] } },
      '"app" has the softLimit 2048 of nofile; it must be at most the hardLimit 1024',
    ],
    [
      "no soft limit below a hard one",
      { appContainer: { ulimits: [{ name: "nofile", softLimit: -1, hardLimit: 1024 }] } },
      "it must be at most the hardLimit 1024",
    ],
    [
      "more memory for a container than for its task",
      { appContainer: { memory: 512 }, appTask: { memory: "256" } },
      '"app" has memory 512; it must be at most its task\'s memory 256',
    ],
    [
      "more memory for the containers than for their task",
      {
        appTask: {
          memory: "100",
          ...(two({}, {}).appTask as object),
        },
      },
      "the containers reserve 128 MiB together; the task has memory 100",
    ],
    [
      "containers that depend on each other",
      two(
        { dependsOn: [{ containerName: "b", condition: "START" }] },
        { dependsOn: [{ containerName: "app", condition: "START" }] },
      ),
      "app -> b -> app",
    ],
    [
      "a dependency on the end of an essential container",
      two({ dependsOn: [{ containerName: "b", condition: "COMPLETE" }] }, {}),
      '"app" depends on "b"',
    ],
    [
      "a negative time",
      { appService: { health_check_grace_period_seconds: -1 } },
      "aws_ecs_service.app.health_check_grace_period_seconds",
    ],
    [
      "a count of billions",
      { resource: { aws_cloudwatch_log_group: { many: { name: "x", count: 4_000_000_000 } } } },
      "aws_cloudwatch_log_group.many.count: expected a number from 0 to 10000",
    ],
    [
      "no essential container",
      two({ essential: false }, { essential: false }),
      "must be essential",
    ],
    [
      "a restart policy that AWS does not allow",
      two({ restartPolicy: { enabled: true, restartAttemptPeriod: 30 } }, {}),
      "container_definitions.0.restartPolicy.restartAttemptPeriod",
    ],
    [
      "a health check without CMD",
      two({}, { healthCheck: { command: ["redis-cli", "ping"] } }),
      'aws_ecs_task_definition.app.container_definitions.1.healthCheck.command ("b")',
    ],
    [
      "a Cloud Map service of no namespace",
      { discovery: { dns_config: undefined } },
      "aws_service_discovery_service.redis.namespace_id: is required",
    ],
    [
      "volumes from itself",
      two(
        { volumesFrom: [{ sourceContainer: "b" }] },
        { volumesFrom: [{ sourceContainer: "app" }] },
      ),
      '"b" has volumesFrom "app"',
    ],
    [
      "volumes from no container",
      two({ volumesFrom: [{ sourceContainer: "c" }] }, {}),
      '"app" has volumesFrom "c", which is not another container',
    ],
    [
      "two containers with the same name",
      two({}, { name: "app" }),
      "container_definitions.name: app",
    ],
    [
      "the same host port for two containers",
      two(
        { portMappings: [{ containerPort: 3000, hostPort: 80 }] },
        { portMappings: [{ containerPort: 3001, hostPort: 80 }] },
      ),
      "container_definitions.portMappings.hostPort: 80",
    ],
    [
      "a variable that is also a secret",
      {
        appContainer: {
          environment: [{ name: "P", value: "x" }],
          secrets: [{ name: "P", valueFrom: "${aws_secretsmanager_secret.redis.arn}" }],
        },
      },
      "container_definitions.0.environment, secrets: P",
    ],
    [
      "less memory than memoryReservation",
      { appContainer: { memory: 64, memoryReservation: 128 } },
      '"app" has memory 64',
    ],
    [
      "two services with the same name",
      { appService: { name: "test-redis" } },
      "aws_ecs_service.app.name: test-redis",
    ],
    [
      "a namespace that differs from the one of the records",
      { discovery: { namespace_id: "ns-1" } },
      "aws_service_discovery_service.redis.namespace_id",
    ],
    [
      "targets of type ip in bridge mode",
      { targetGroup: { target_type: "ip" } },
      "aws_ecs_service.app.load_balancer: aws_lb_target_group.app has target_type ip",
    ],
    [
      "an access point of another file system",
      {
        resource: {
          aws_efs_access_point: {
            redis: { file_system_id: "fs-1", root_directory: { path: "/" } },
          },
        },
      },
      "aws_ecs_task_definition.redis.volume.data.access_point_id",
    ],
    [
      "a trigger that is not declared",
      { appService: { lifecycle: { replace_triggered_by: ["terraform_data.none"] } } },
      "aws_ecs_service.app.lifecycle.replace_triggered_by: terraform_data.none",
    ],
    [
      "null inside text",
      { appContainer: { environment: [{ name: "V", value: "v-${null}" }] } },
      "aws_ecs_task_definition.app.container_definitions: null",
    ],
    [
      "a container without memory",
      { appContainer: { memory: undefined } },
      'container "app" requires memory',
    ],
    [
      "a mount of a volume that is not declared",
      { appContainer: { mountPoints: [{ sourceVolume: "x", containerPath: "/x" }] } },
      'mountPoints: no volume "x"',
    ],
    [
      "a registry of a port that is not published",
      { redisContainer: { portMappings: [] } },
      'container "redis"',
    ],
    [
      "a host port that differs from the container port in host mode",
      {
        appTask: { network_mode: "host" },
        appContainer: { portMappings: [{ containerPort: 3000, hostPort: 80 }] },
      },
      "portMappings: hostPort 80",
    ],
    [
      "a registration without a container in bridge mode",
      {
        redisService: {
          service_registries: { registry_arn: "${aws_service_discovery_service.redis.arn}" },
        },
      },
      "aws_ecs_service.redis.service_registries",
    ],
    [
      "percentages that allow no deployment",
      { appService: { deployment_maximum_percent: 100 } },
      "deployment_maximum_percent 100",
    ],
    [
      "a circuit breaker without rollback",
      { appService: { deployment_circuit_breaker: { enable: true } } },
      "aws_ecs_service.app.deployment_circuit_breaker.rollback",
    ],
    [
      "services that depend on each other",
      { redisService: { depends_on: ["aws_ecs_service.app"] } },
      "aws_ecs_service.app -> aws_ecs_service.redis",
    ],
    [
      "a HEALTHY dependency on a container without a health check",
      { appContainer: { dependsOn: [{ containerName: "app", condition: "HEALTHY" }] } },
      '"app" depends on "app"',
    ],
    [
      "an invalid port range",
      {
        resource: {
          aws_launch_template: {
            hosts: {
              instance_type: "t3.small",
              user_data: Buffer.from("ECS_DYNAMIC_HOST_PORT_RANGE=5-4").toString("base64"),
            },
          },
        },
      },
      "ECS_DYNAMIC_HOST_PORT_RANGE=5-4",
    ],
    [
      "a redirect without its block",
      {
        resource: {
          aws_lb_listener: {
            http: {
              load_balancer_arn: "${aws_lb.app.arn}",
              port: 80,
              default_action: { type: "redirect" },
            },
          },
        },
      },
      "default_action: missing block redirect",
    ],
    [
      "more hosts than allowed",
      { group: { desired_capacity: 9 } },
      "desired_capacity: expected 2-4, got 9",
    ],
  ])("is refused: %s", async (_what, overrides, message) => {
    await expect(read(overrides)).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(message),
    });
  });
});
