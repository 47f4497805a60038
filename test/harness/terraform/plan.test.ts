import { describe, expect, it } from "vitest";
import { readEnvironment, type Environment } from "../environment.ts";
import { template, type Overrides } from "../fixture/template.ts";

const read = (overrides: Overrides = {}, parameters = {}): Promise<Environment> =>
  readEnvironment(template(overrides), { parameters, drawn: new Map() });

const arn = (rest: string): string => `arn:aws:${rest}`.replace("::", ":eu-west-1:123456789012:");

describe("readPlan", () => {
  it("reads hosts, ports, services, discovery and load balancer of a template", async () => {
    const { plan } = await read();
    expect(plan.hosts).toEqual({ count: 2, memory: 1904, ports: [42_000, 42_999] });
    expect(plan.services.map(({ name }) => name)).toEqual(["test-redis", "test-app"]);
    expect([...plan.discovery.values()]).toEqual([
      {
        address: "aws_service_discovery_service.redis",
        namespace: "test-ecs",
        name: "test-redis.test-ecs",
        routingPolicy: "MULTIVALUE",
        records: [{ type: "SRV", ttl: 2 }],
      },
    ]);
    expect(plan.loadBalancers[0]?.listeners[0]?.action).toEqual({
      type: "forward",
      targetGroup: "aws_lb_target_group.app",
    });
    const redis = plan.taskDefinitions.get("aws_ecs_task_definition.redis");
    expect(redis?.containers[0]?.mounts).toEqual([
      {
        path: "/data",
        directory: "aws_efs_file_system.data/redis",
        ephemeral: false,
        readOnly: false,
        accessPoint: {},
      },
    ]);
  });

  it("puts a service after those it depends on, whatever the order in the template", async () => {
    const { plan } = await read({
      redisService: { depends_on: ["aws_ecs_service.app"] },
      appService: { depends_on: [] },
    });
    expect(plan.services.map(({ name }) => name)).toEqual(["test-app", "test-redis"]);
  });

  it("draws a secret's password once a run", async () => {
    const drawn = new Map<string, string>();
    const known = { parameters: {}, drawn };
    const first = (await readEnvironment(template(), known)).secrets.value("test/redis");
    const second = (await readEnvironment(template(), known)).secrets.value("test/redis");
    expect(first).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(second).toBe(first);
  });

  it("takes from outside what only AWS knows, and the name of a namespace of others", async () => {
    const whole = template({
      appContainer: { environment: [{ name: "LB", value: "http://${aws_lb.app.dns_name}/" }] },
      discovery: { dns_config: { namespace_id: "ns-1", dns_records: { type: "SRV", ttl: 2 } } },
    });
    const { plan } = await readEnvironment(whole, {
      parameters: {},
      attributes: { "aws_lb.app.dns_name": "localhost" },
      namespaces: { "ns-1": "shared" },
      drawn: new Map(),
    });
    const app = plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers[0];
    expect(app?.environment).toEqual({ LB: "http://localhost/" });
    expect([...plan.discovery.values()].map(({ name }) => name)).toEqual(["test-redis.shared"]);
  });

  it("takes one key of a secret that is a JSON object", async () => {
    const { plan, secrets } = await read({
      resource: {
        aws_secretsmanager_secret_version: {
          redis: {
            secret_id: "${aws_secretsmanager_secret.redis.id}",
            secret_string: '${jsonencode({"password" = "s3cret"})}',
          },
        },
      },
      redisContainer: {
        secrets: [{ name: "A", valueFrom: "${aws_secretsmanager_secret.redis.arn}:password::" }],
      },
    });
    const [reference] =
      plan.taskDefinitions.get("aws_ecs_task_definition.redis")?.containers[0]?.secrets ?? [];
    expect(reference && secrets.resolve(reference)).toBe("s3cret");
  });

  it("gives secrets and parameters that exist elsewhere the values of the options", async () => {
    const valueFrom: Record<string, string> = {
      WHOLE: arn("secretsmanager::secret:app/token-a1B2c3"),
      KEY: arn("secretsmanager::secret:app/token-a1B2c3:value::"),
      PARAMETER: arn("ssm::parameter/app/key"),
      NAMED: "/app/key",
      MISSING: arn("secretsmanager::secret:other-a1B2c3"),
    };
    const { plan, secrets } = await readEnvironment(
      template({
        appContainer: {
          secrets: Object.entries(valueFrom).map(([name, from]) => ({ name, valueFrom: from })),
        },
      }),
      {
        parameters: { "/app/key": "k" },
        secrets: { "app/token": '{"value":"v"}' },
        drawn: new Map(),
      },
    );
    const references =
      plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers[0]?.secrets ?? [];
    const resolve = (wanted: string) => {
      const reference = references.find(({ name }) => name === wanted);
      return reference && secrets.resolve(reference);
    };
    expect(["WHOLE", "KEY", "PARAMETER", "NAMED"].map(resolve)).toEqual([
      '{"value":"v"}',
      "v",
      "k",
      "k",
    ]);
    expect(() => resolve("MISSING")).toThrow(
      'secret "other" has no local value; give one in the option secrets',
    );
  });

  it("gives an image from an SSM parameter its local value, and asks for one that is missing", async () => {
    const appContainer = { image: "${data.aws_ssm_parameter.image.value}" };
    const withData = (parameters: object): Promise<Environment> =>
      readEnvironment(
        { ...template({ appContainer }), data: { aws_ssm_parameter: { image: { name: "/app" } } } },
        { parameters: { ...parameters }, drawn: new Map() },
      );
    const { plan } = await withData({ "/app": "repo/app:9" });
    const app = plan.taskDefinitions.get("aws_ecs_task_definition.app");
    expect(app?.containers[0]?.image).toBe("repo/app:9");
    await expect(withData({})).rejects.toThrow('SSM parameter "/app" has no local value');
  });
});

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
    ["count", { appService: { count: 2 } }, "aws_ecs_service.app.count is not modelled"],
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
      "a namespace of others that nobody named",
      { discovery: { dns_config: { namespace_id: "ns-1", dns_records: { type: "SRV", ttl: 2 } } } },
      'namespace "ns-1" is not of this template; give its name in the option namespaces',
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

  it("names everything at once", async () => {
    const reading = read({
      appService: { count: 2 },
      redisService: { alarm: {} },
      resource: { aws_instance: { x: {} } },
    });
    await expect(reading).rejects.toThrow("aws_ecs_service.app.count");
    await expect(reading).rejects.toThrow("aws_ecs_service.redis.alarm");
    await expect(reading).rejects.toThrow("aws_instance.x");
  });
});

describe("a template that contradicts itself", () => {
  it.each<[what: string, overrides: Overrides, message: string]>([
    [
      "a link to nothing",
      { appContainer: { links: ["x:cache"] } },
      '"app" links to "x", which is no other container of the task',
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
      "ECS_DYNAMIC_HOST_PORT_RANGE=5-4 is no range",
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
