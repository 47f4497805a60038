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
      "containers that wait for each other",
      two(
        { dependsOn: [{ containerName: "b", condition: "START" }] },
        { dependsOn: [{ containerName: "app", condition: "START" }] },
      ),
      "app -> b -> app: dependsOn goes in a circle",
    ],
    [
      "containers that wait for each other by links",
      two({ links: ["b"] }, { dependsOn: [{ containerName: "app", condition: "START" }] }),
      "app -> b -> app: dependsOn goes in a circle",
    ],
    [
      "waiting for the end of an essential container",
      two({ dependsOn: [{ containerName: "b", condition: "COMPLETE" }] }, {}),
      '"app" depends on "b", which is essential',
    ],
    [
      "a negative time",
      { appService: { health_check_grace_period_seconds: -1 } },
      "aws_ecs_service.app.health_check_grace_period_seconds: expected 0 or more",
    ],
    [
      "a part of a percentage",
      { appService: { deployment_minimum_healthy_percent: 0.5 } },
      "aws_ecs_service.app.deployment_minimum_healthy_percent: expected a whole number",
    ],
    [
      "more resources than any memory holds",
      { resource: { aws_cloudwatch_log_group: { many: { name: "x", count: 4_000_000_000 } } } },
      "aws_cloudwatch_log_group.many.count: 4000000000 is no number of resources; allowed: 0 to 10000",
    ],
    [
      "no essential container",
      two({ essential: false }, { essential: false }),
      "one container at least must be essential",
    ],
    [
      "a restart policy that AWS does not take",
      two({ restartPolicy: { enabled: true, restartAttemptPeriod: 30 } }, {}),
      "container_definitions.0.restartPolicy.restartAttemptPeriod",
    ],
    ["two containers of one name", two({}, { name: "app" }), "container_definitions.name: app"],
    [
      "one host port for two containers",
      two(
        { portMappings: [{ containerPort: 3000, hostPort: 80 }] },
        { portMappings: [{ containerPort: 3001, hostPort: 80 }] },
      ),
      "container_definitions.portMappings.hostPort: 80 is there twice",
    ],
    [
      "a variable that is a secret too",
      {
        appContainer: {
          environment: [{ name: "P", value: "x" }],
          secrets: [{ name: "P", valueFrom: "${aws_secretsmanager_secret.redis.arn}" }],
        },
      },
      "container_definitions.0.environment, secrets: P is there twice",
    ],
    [
      "less memory than is reserved",
      { appContainer: { memory: 64, memoryReservation: 128 } },
      '"app" has memory 64, which is less than its memoryReservation 128',
    ],
    [
      "links without a bridge",
      {
        appTask: {
          ...two({ links: ["b"] }, {}).appTask,
          network_mode: "host",
        },
      },
      '"app" links to "b", which only bridge mode allows',
    ],
    [
      "two services of one name",
      { appService: { name: "test-redis" } },
      "aws_ecs_service.app.name: test-redis is there twice",
    ],
    [
      "two Cloud Map services of one name",
      {
        resource: {
          aws_service_discovery_service: Object.fromEntries(
            ["redis", "two"].map((name) => [
              name,
              {
                name: "test-redis",
                dns_config: {
                  namespace_id: "${aws_service_discovery_private_dns_namespace.main.id}",
                  dns_records: [{ type: "SRV", ttl: 2 }],
                },
              },
            ]),
          ),
        },
      },
      "aws_service_discovery_service.two.name: test-redis.test-ecs is there twice",
    ],
    [
      "another namespace than that of the records",
      { discovery: { namespace_id: "ns-1" } },
      "aws_service_discovery_service.redis.namespace_id",
    ],
    [
      "targets by address of tasks without one",
      { targetGroup: { target_type: "ip" } },
      "aws_ecs_service.app.load_balancer: aws_lb_target_group.app has target_type ip, and tasks in bridge mode need instance",
    ],
    [
      "targets by host of tasks with an address of their own",
      { appTask: { network_mode: "awsvpc" } },
      "has target_type instance, and tasks in awsvpc mode need ip",
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
      "a trigger that is not there",
      { appService: { lifecycle: { replace_triggered_by: ["terraform_data.none"] } } },
      "aws_ecs_service.app.lifecycle.replace_triggered_by: terraform_data.none is not declared",
    ],
    [
      "a value in text that is none",
      { appContainer: { environment: [{ name: "V", value: "v-${null}" }] } },
      "aws_ecs_task_definition.app.container_definitions: null cannot be put into text",
    ],
    [
      "a link to nothing",
      { appContainer: { links: ["x:cache"] } },
      '"app" links to "x", which is not another container of the task',
    ],
    [
      "a health check beyond its range",
      { redisContainer: { healthCheck: { command: ["CMD", "x"], startPeriod: 301 } } },
      "healthCheck.startPeriod",
    ],
    [
      "a container without memory",
      { appContainer: { memory: undefined } },
      'container "app" needs memory',
    ],
    [
      "a volume that is not there",
      { appContainer: { mountPoints: [{ sourceVolume: "x", containerPath: "/x" }] } },
      'there is no volume "x"',
    ],
    [
      "a registry of a port that is not published",
      { redisContainer: { portMappings: [] } },
      'container "redis" does not publish port 6379',
    ],
    [
      "another host port than the container's in host mode",
      {
        appTask: { network_mode: "host" },
        appContainer: { portMappings: [{ containerPort: 3000, hostPort: 80 }] },
      },
      "portMappings: hostPort 80 must equal containerPort 3000",
    ],
    [
      "a registration without a container in bridge mode",
      {
        redisService: {
          service_registries: { registry_arn: "${aws_service_discovery_service.redis.arn}" },
        },
      },
      "aws_ecs_service.redis.service_registries: container_name and container_port",
    ],
    [
      "A records of tasks in bridge mode",
      {
        discovery: {
          dns_config: {
            namespace_id: "${aws_service_discovery_private_dns_namespace.main.id}",
            dns_records: { type: "A", ttl: 2 },
          },
        },
      },
      "in bridge mode ECS registers SRV records only, and aws_service_discovery_service.redis has A",
    ],
    [
      "percentages that let nothing be deployed",
      { appService: { deployment_maximum_percent: 100 } },
      "deployment_maximum_percent 100 of 2 leave no task to exchange (at least 2, at most 2)",
    ],
    [
      "a circuit breaker that says half",
      { appService: { deployment_circuit_breaker: { enable: true } } },
      "aws_ecs_service.app.deployment_circuit_breaker.rollback: is needed: true or false",
    ],
    [
      "a count that is none",
      { appService: { desired_count: "many" } },
      "aws_ecs_service.app.desired_count: expected a number",
    ],
    ["a service without a name", { appService: { name: undefined } }, "name: is needed: text"],
    [
      "services that depend on each other",
      { redisService: { depends_on: ["aws_ecs_service.app"] } },
      "depends_on goes in a circle",
    ],
    [
      "a dependency on the health of a container without a check",
      { appContainer: { dependsOn: [{ containerName: "app", condition: "HEALTHY" }] } },
      '"app" depends on "app"',
    ],
    [
      "a port range that is none",
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
      "ECS_DYNAMIC_HOST_PORT_RANGE=5-4 is not a range",
    ],
    [
      "a listener whose action says nothing",
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
      "default_action: its redirect block is missing",
    ],
    [
      "a lifecycle that is none",
      { appService: { lifecycle: "none" } },
      "aws_ecs_service.app.lifecycle",
    ],
    ["more hosts than allowed", { group: { desired_capacity: 9 } }, "9 is not within 2-4"],
    [
      "container definitions that are no JSON",
      { appTask: { container_definitions: "[" } },
      "container_definitions is not JSON",
    ],
    [
      "a root directory beside an access point",
      {
        redisTask: {
          volume: {
            name: "data",
            efs_volume_configuration: {
              file_system_id: "${aws_efs_file_system.data.id}",
              root_directory: "/other",
              authorization_config: { access_point_id: "${aws_efs_access_point.redis.id}" },
            },
          },
        },
      },
      "aws_ecs_task_definition.redis.volume.data.root_directory",
    ],
  ])("is refused: %s", async (_what, overrides, message) => {
    await expect(read(overrides)).rejects.toMatchObject({
      code: "ERR_TEMPLATE",
      message: expect.stringContaining(message),
    });
  });
});
