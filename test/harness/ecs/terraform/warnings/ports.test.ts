import { expect, it } from "vitest";
import { readSavedPlan, readTemplate, warningsFor } from "../../../../../harness/ecs/index.ts";
import { resource, stateOf } from "./state.ts";

const ARN = "arn:aws:x:eu-west-1:1:y/";

interface Case {
  /** What the app's variable names. */
  readonly url?: string;
  readonly hosts?: object;
  readonly hostPort?: number;
  readonly script?: string;
  /** Whether Redis and the app have networks of their own. */
  readonly redisIn?: "awsvpc";
  readonly appIn?: "awsvpc";
  readonly connect?: object;
  readonly groups?: readonly string[];
  readonly rules?: readonly ReturnType<typeof resource>[];
}

const HOSTS = "sg-hosts";
const REDIS = "sg-redis";
const APP = "sg-app";
const LB = "sg-lb";

let numbered = 0;

/** A rule in the usual way. */
const rule = (group: string, source: object, from = 32_768, to = 60_999) =>
  resource(`aws_vpc_security_group_ingress_rule.r${(numbered += 1)}`, {
    security_group_id: group,
    ip_protocol: "tcp",
    from_port: from,
    to_port: to,
    ...source,
  });

const from = (id: string): object => ({ referenced_security_group_id: id });

function definition(name: string, port: number, own: object, mode: string | undefined) {
  const container = { name, image: name, memory: 64, ...own };
  const mapping = { containerPort: port, hostPort: 0, name: "main" };
  return resource(`aws_ecs_task_definition.${name}`, {
    arn: `${ARN}${name}`,
    family: name,
    network_mode: mode ?? "bridge",
    container_definitions: JSON.stringify([{ portMappings: [mapping], ...container }]),
  });
}

const network = (id: string) => ({
  network_configuration: [{ security_groups: [id], subnets: [] }],
});

async function warnedOf(given: Case): Promise<string[]> {
  const {
    url = "redis+srv://redis.ecs",
    hosts = {},
    hostPort = 0,
    script = "",
    rules = [],
  } = given;
  const { redisIn, appIn, connect, groups = [HOSTS, REDIS, APP, LB] } = given;
  const registry = redisIn ? { port: 6379 } : { container_name: "redis", container_port: 6379 };
  const state = stateOf([
    ...groups.map((id) => resource(`aws_security_group.${id}`, { id })),
    ...rules,
    resource("aws_launch_template.hosts", {
      id: "lt-1",
      instance_type: "t3.small",
      vpc_security_group_ids: [HOSTS],
      user_data: Buffer.from(script).toString("base64"),
    }),
    resource("aws_autoscaling_group.hosts", {
      min_size: 1,
      max_size: 3,
      launch_template: [{ id: "lt-1" }],
      ...hosts,
    }),
    resource("aws_ecs_cluster.main", { id: `${ARN}main`, arn: `${ARN}main`, name: "main" }),
    resource("aws_service_discovery_private_dns_namespace.ecs", { id: "ns-1", name: "ecs" }),
    resource("aws_service_discovery_service.redis", {
      id: "srv-1",
      arn: `${ARN}srv-1`,
      name: "redis",
      dns_config: [{ namespace_id: "ns-1", dns_records: [{ ttl: 5, type: "SRV" }] }],
    }),
    resource("aws_lb.main", { arn: `${ARN}lb`, name: "main", security_groups: [LB] }),
    resource("aws_lb_target_group.app", {
      arn: `${ARN}app`,
      name: "app",
      port: 80,
      protocol: "HTTP",
      target_type: appIn ? "ip" : "instance",
    }),
    resource("aws_lb_listener.main", {
      arn: `${ARN}listener`,
      load_balancer_arn: `${ARN}lb`,
      port: 80,
      protocol: "HTTP",
      default_action: [{ type: "forward", target_group_arn: `${ARN}app` }],
    }),
    definition(
      "redis",
      6379,
      redisIn
        ? { portMappings: [{ containerPort: 6379, name: "main" }] }
        : { portMappings: [{ containerPort: 6379, hostPort, name: "main" }] },
      redisIn,
    ),
    definition(
      "app",
      3000,
      {
        ...(appIn && { portMappings: [{ containerPort: 3000 }] }),
        environment: [{ name: "URL", value: url }],
      },
      appIn,
    ),
    resource("aws_ecs_service.redis", {
      name: "redis",
      cluster: `${ARN}main`,
      task_definition: `${ARN}redis`,
      desired_count: 1,
      ...(redisIn && network(REDIS)),
      ...(connect
        ? {
            service_connect_configuration: [
              { enabled: true, namespace: "ecs", service: [connect] },
            ],
          }
        : { service_registries: [{ registry_arn: `${ARN}srv-1`, ...registry }] }),
    }),
    resource("aws_ecs_service.app", {
      name: "app",
      cluster: `${ARN}main`,
      task_definition: `${ARN}app`,
      desired_count: 1,
      ...(appIn && network(APP)),
      ...(connect && { service_connect_configuration: [{ enabled: true, namespace: "ecs" }] }),
      load_balancer: [
        { target_group_arn: `${ARN}app`, container_name: "app", container_port: 3000 },
      ],
    }),
  ]);
  const { first, external } = await readSavedPlan(state);
  const { plan } = await readTemplate(first, { ...external, attributes: {}, drawn: new Map() });
  return warningsFor(state, plan).map(({ address, text }) => `${address}: ${text}`);
}

/** What opens the way of the load balancer to the app. */
const BALANCED = rule(HOSTS, from(LB));

const end = "In AWS a connection to redis.ecs ends with a timeout";
const closed = (what: string): string => `aws_ecs_service.redis: no rule of ${what}. ${end}`;
const onHosts = `aws_security_group.sg-hosts lets aws_ecs_service.app (aws_security_group.sg-hosts) in on`;

it.each<[what: string, given: Case, expected: string]>([
  ["no rule", { rules: [BALANCED] }, closed(`${onHosts} ports 32768-60999`)],
  [
    "a rule for some ports",
    { rules: [BALANCED, rule(HOSTS, from(HOSTS), 40_000, 49_999)] },
    closed(`${onHosts} ports 32768-60999`),
  ],
  [
    "a rule for another protocol",
    { rules: [BALANCED, rule(HOSTS, { ...from(HOSTS), ip_protocol: "udp" })] },
    closed(`${onHosts} ports 32768-60999`),
  ],
  [
    "the agent's own range",
    {
      script: "ECS_DYNAMIC_HOST_PORT_RANGE=20000-30000",
      rules: [rule(HOSTS, from(LB), 0, 65_535), rule(HOSTS, from(HOSTS))],
    },
    closed(`${onHosts} ports 20000-30000`),
  ],
  ["a fixed port", { hostPort: 7000, rules: [BALANCED] }, closed(`${onHosts} port 7000`)],
  [
    "from tasks to hosts",
    { appIn: "awsvpc", rules: [rule(APP, from(LB), 3000, 3000), rule(HOSTS, from(HOSTS))] },
    closed(
      `aws_security_group.sg-hosts lets aws_ecs_service.app (aws_security_group.sg-app) in on ports 32768-60999`,
    ),
  ],
  [
    "from hosts to tasks",
    { redisIn: "awsvpc", rules: [BALANCED, rule(REDIS, from(REDIS), 6379, 6379)] },
    closed(
      `aws_security_group.sg-redis lets aws_ecs_service.app (aws_security_group.sg-hosts) in on port 6379`,
    ),
  ],
  [
    "no client that names it",
    { url: "", redisIn: "awsvpc", rules: [BALANCED] },
    closed("aws_security_group.sg-redis lets anyone in on port 6379"),
  ],
  [
    "Service Connect, whose proxy has a port of its own",
    {
      url: "redis:6379",
      hostPort: 6379,
      connect: { port_name: "main", client_alias: [{ port: 6379, dns_name: "redis" }] },
      rules: [rule(HOSTS, from(LB)), rule(HOSTS, from(HOSTS), 6379, 6379)],
    },
    closed(`${onHosts} ports 32768-60999`).replace("redis.ecs", "redis:6379"),
  ],
  [
    "a load balancer",
    { rules: [rule(HOSTS, from(HOSTS))] },
    "aws_ecs_service.app: no rule of aws_security_group.sg-hosts lets aws_lb.main (aws_security_group.sg-lb) in on ports 32768-60999. In AWS its targets stay unhealthy: Request timed out",
  ],
])("a closed port gives a warning: %s", async (_, given, expected) => {
  expect(await warnedOf(given)).toEqual([expected]);
});

const ALL = [32_768, 60_999] as const;
const ports = { from_port: ALL[0], to_port: ALL[1], protocol: "tcp" };

it.each<[what: string, given: Case]>([
  ["a rule", { rules: [BALANCED, rule(HOSTS, from(HOSTS))] }],
  [
    "two rules",
    {
      rules: [
        BALANCED,
        rule(HOSTS, from(HOSTS), 45_000, 65_535),
        rule(HOSTS, from(HOSTS), 1024, 44_999),
      ],
    },
  ],
  [
    "a rule for all protocols",
    { rules: [BALANCED, rule(HOSTS, { ...from(HOSTS), ip_protocol: "-1" }, -1, -1)] },
  ],
  ["a rule for addresses", { rules: [rule(HOSTS, { cidr_ipv4: "10.0.0.0/16" })] }],
  [
    "a rule of the first kind",
    {
      rules: [
        BALANCED,
        resource("aws_security_group_rule.x", {
          type: "ingress",
          security_group_id: HOSTS,
          self: true,
          ...ports,
        }),
      ],
    },
  ],
  [
    "a rule in the group",
    {
      groups: [REDIS, APP, LB],
      rules: [
        BALANCED,
        resource("aws_security_group.hosts", {
          id: HOSTS,
          ingress: [{ ...ports, security_groups: [HOSTS] }],
        }),
      ],
    },
  ],
  ["the only host", { hosts: { max_size: 1 }, rules: [BALANCED] }],
  [
    "a group of the client that the folder does not create",
    { appIn: "awsvpc", groups: [HOSTS, REDIS, LB] },
  ],
  ["a group of the hosts that the folder does not create", { groups: [REDIS, APP, LB] }],
  [
    "hosts without a group, which have the VPC's",
    {
      hosts: { launch_template: [], launch_configuration: "x" },
      rules: [resource("aws_launch_configuration.x", { name: "x", instance_type: "t3.small" })],
    },
  ],
  ["no client that names it, and a rule for another one", { url: "", rules: [BALANCED] }],
  [
    "the port that the proxy of Service Connect is given",
    {
      url: "redis:6379",
      connect: {
        port_name: "main",
        ingress_port_override: 9000,
        client_alias: [{ port: 6379, dns_name: "redis" }],
      },
      rules: [BALANCED, rule(HOSTS, from(HOSTS), 9000, 9000)],
    },
  ],
])("what is open, or cannot be read, gives none: %s", async (_, given) => {
  expect(await warnedOf(given)).toEqual([]);
});
