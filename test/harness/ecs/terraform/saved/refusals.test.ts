import { describe, expect, it } from "vitest";
import { planSupport } from "../../../../../harness/ecs/index.ts";
import { REFUSED } from "../../../../../harness/ecs/terraform/refused-types.ts";
import { definition, firstPlan, type Planned, service, templatesOf } from "./fixture.ts";

/** Why a plan of resources is refused. */
async function refusal(...resources: readonly Planned[]): Promise<string> {
  return templatesOf(firstPlan(...resources)).then(
    () => "it was taken",
    (error: unknown) => String(error),
  );
}

const APP = [definition("app"), service("app")] as const;

const unknown = (references: readonly string[]): Planned => ({
  address: "aws_ecs_task_definition.app",
  values: { family: "app" },
  unknown: { arn: true, container_definitions: true },
  written: { container_definitions: { references } },
});

describe("a container definition that is unknown before apply", () => {
  const repository: Planned = {
    address: "aws_ecr_repository.app",
    values: { name: "app" },
    unknown: { repository_url: true },
  };
  const secret: Planned = {
    address: "aws_secretsmanager_secret.key",
    values: { name: "key" },
    unknown: { arn: true },
  };

  it("is refused, with what to apply first", async () => {
    const references = [
      "aws_ecr_repository.app.repository_url",
      "aws_ecr_repository.app",
      "aws_secretsmanager_secret.key.arn",
      "aws_secretsmanager_secret.key",
      "local.tag",
    ];
    expect(await refusal(unknown(references), service("app"), repository, secret)).toContain(
      "aws_ecs_task_definition.app.container_definitions is not known before apply: it depends on aws_ecr_repository.app, aws_secretsmanager_secret.key, local.tag. Apply that first (terraform apply -target='aws_ecr_repository.app' -target='aws_secretsmanager_secret.key') and plan again, or give a state (terraform show -json) instead",
    );
  });

  it("is refused with what its module is given, and with nothing that only Terraform knows", async () => {
    const outside = ["data.aws_region.here.name", "count.index", "module", "var.tag"];
    expect(await refusal(unknown(outside), service("app"))).toContain("is not known before apply");
    const plan = firstPlan(unknown(["var.secrets", "var.none"]), service("app"), secret);
    for (const change of plan.resource_changes.slice(0, 2)) {
      change.address = `module.web.${change.address}`;
      change.module_address = "module.web";
    }
    const { resources } = plan.configuration.root_module;
    const expressions = { secrets: { references: ["aws_secretsmanager_secret.key.arn"] } };
    const web = { module: { resources: resources.slice(0, 2) }, expressions };
    plan.configuration.root_module = { resources: resources.slice(2), module_calls: { web } };
    await expect(templatesOf(plan)).rejects.toThrow(
      "it depends on aws_secretsmanager_secret.key. Apply that first",
    );
  });

  it("is refused where it is half written", async () => {
    const half = definition("app", {}, { container_definitions: "[" });
    expect(await refusal(half, service("app"))).toContain("container_definitions is not JSON");
  });

  it("is refused with what a local of a module hides", async () => {
    const plan = firstPlan(unknown(["local.secrets"]), service("app"), secret, repository);
    for (const change of plan.resource_changes) {
      change.address = `module.web.${change.address}`;
      change.module_address = "module.web";
    }
    const { root_module: module } = plan.configuration;
    plan.configuration.root_module = { module_calls: { web: { module } } };
    await expect(templatesOf(plan)).rejects.toThrow(
      "it depends on module.web.local.secrets. Apply that first (terraform apply -target='module.web.aws_secretsmanager_secret.key' -target='module.web.aws_ecr_repository.app')",
    );
  });

  it("is refused where only a local is known of it", async () => {
    expect(await refusal(unknown(["local.containers"]), service("app"))).toContain(
      "it depends on local.containers. Apply first what it depends on and plan again",
    );
  });
});

const rule = (condition: object): Planned => ({
  address: "aws_lb_listener_rule.x",
  values: {
    listener_arn: "arn:listener",
    action: [{ type: "fixed-response", fixed_response: [{ content_type: "text/plain" }] }],
    condition: [condition],
  },
});

const inRegion = (region: string) => ({ expressions: { region: { constant_value: region } } });

describe("what other plans have", () => {
  it.each(REFUSED)("%s is refused by its address: here %s", async (type, why) => {
    expect(await refusal(...APP, { address: `${type}.x`, values: { name: "x" } })).toContain(
      `${type}.x: ${type} is not modelled by the local ECS: here ${why}`,
    );
  });

  it.each(planSupport().container.refused)(
    "a container's %s is refused by its name, and taken where it is empty",
    async (field) => {
      const said = await refusal(definition("app", { [field]: ["x"] }), service("app"));
      expect(said).toContain(`container_definitions.0.${field}: is not modelled by the local ECS`);
      expect(await refusal(definition("app", { [field]: [] }), service("app"))).toBe(
        "it was taken",
      );
    },
  );

  it("is refused where a service is behind a classic load balancer", async () => {
    const load_balancer = [
      { elb_name: "old", target_group_arn: "", container_name: "app", container_port: 80 },
    ];
    expect(await refusal(definition("app"), service("app", { load_balancer }))).toContain(
      "aws_ecs_service.app.load_balancer.0.elb_name is not modelled by the local ECS",
    );
  });

  it("is refused where a rule of a listener asks for who sends, or by a regular expression", async () => {
    expect(await refusal(...APP, rule({ source_ip: [{ values: ["10.0.0.0/8"] }] }))).toContain(
      "aws_lb_listener_rule.x.condition.0.source_ip is not modelled by the local ECS",
    );
    const path_pattern = [{ values: [], regex_values: ["^/a"] }];
    expect(await refusal(...APP, rule({ path_pattern }))).toContain(
      "aws_lb_listener_rule.x.condition.0.path_pattern.regex_values is not modelled",
    );
  });

  it("is listed once where it has nothing to do with running", async () => {
    const others = ["aws_iam_role.a", "aws_iam_role.b", "aws_dynamodb_table.c"];
    const { saved } = await templatesOf(
      firstPlan(...APP, ...others.map((address) => ({ address, values: { name: "x" } }))),
    );
    expect(saved.notPlayed).toEqual(["aws_dynamodb_table", "aws_iam_role"]);
  });

  it("is refused where a service has an argument that is not modelled, and taken where it is off", async () => {
    const service_connect_configuration = [{ enabled: true, namespace: "x" }];
    expect(
      await refusal(definition("app"), service("app", { service_connect_configuration })),
    ).toContain(
      "aws_ecs_service.app.service_connect_configuration is not modelled by the local ECS",
    );
    const off = { service_connect_configuration: [], volume_configuration: [], triggers: null };
    const { first } = await templatesOf(firstPlan(definition("app"), service("app", off)));
    expect(first.plan.services).toHaveLength(1);
  });

  it("is refused where a block is something else", async () => {
    expect(
      await refusal(definition("app"), service("app", { capacity_provider_strategy: "1.2" })),
    ).toMatch(/^HarnessError: aws_ecs_service\.app\.capacity_provider_strategy/);
    expect(await refusal(definition("app", {}, { volume: { x: false } }), service("app"))).toMatch(
      /^HarnessError: aws_ecs_task_definition\.app\.volume/,
    );
  });

  it("is refused where a value was left out because it is sensitive", async () => {
    const { values, ...rest } = definition("app");
    const { container_definitions: _left, ...others } = values;
    const sensitive = { container_definitions: true };
    expect(await refusal({ ...rest, values: others, sensitive }, service("app"))).toContain(
      "aws_ecs_task_definition.app.container_definitions is sensitive, and its value was left out",
    );
  });

  it("is refused where a resource is of another region", async () => {
    const plan = firstPlan(...APP, { address: "aws_ecs_cluster.main", values: { name: "main" } });
    const { configuration } = plan;
    const [task, app, cluster] = configuration.root_module.resources;
    for (const each of [task, app]) each.provider_config_key = "aws";
    cluster.provider_config_key = "aws.other";
    configuration.provider_config = {
      aws: inRegion("eu-central-1"),
      "aws.other": inRegion("eu-west-1"),
    };
    await expect(templatesOf(plan)).rejects.toThrow(
      "aws_ecs_cluster.main.region: the local ECS models the provider's region only, not eu-west-1",
    );
    cluster.provider_config_key = "aws";
    expect((await templatesOf(plan)).first.region).toBe("eu-central-1");
  });

  it("is refused where a daemon, UDP or a second cluster is needed", async () => {
    expect(
      await refusal(definition("app"), service("app", { scheduling_strategy: "DAEMON" })),
    ).toContain("aws_ecs_service.app.scheduling_strategy");
    const udp = definition("app", { portMappings: [{ containerPort: 53, protocol: "udp" }] });
    expect(await refusal(udp, service("app"))).toContain("the local ECS publishes TCP ports only");
    const clusters = ["one", "two"].map((name) => ({
      address: `aws_ecs_cluster.${name}`,
      values: { name },
    }));
    expect(await refusal(...APP, ...clusters)).toContain("the local ECS models one cluster");
  });
});

const hosts = (size: number): Planned[] => [
  {
    address: "aws_autoscaling_group.hosts",
    values: { min_size: size, max_size: size, launch_template: [{ id: "lt-1" }] },
  },
  { address: "aws_launch_template.hosts", values: { id: "lt-1", instance_type: "t3.small" } },
];

describe("two services that want one fixed port", () => {
  const fixed = { portMappings: [{ containerPort: 80, hostPort: 8080 }] };
  const services = [
    definition("one", fixed),
    definition("two", fixed),
    service("one"),
    service("two"),
  ];

  it("are refused on one host", async () => {
    expect(await refusal(...services, ...hosts(1))).toContain(
      "aws_ecs_service.two: it wants port 8080 of a host, as aws_ecs_service.one does, and aws_autoscaling_group.hosts has one host",
    );
  });

  it("are taken on two", async () => {
    const { first } = await templatesOf(firstPlan(...services, ...hosts(2)));
    expect(first.plan.services).toHaveLength(2);
  });
});

describe("what is played otherwise than in AWS", () => {
  it("is a Fargate service: it runs on the local hosts, and that is told", async () => {
    const fargate = {
      requires_compatibilities: ["FARGATE"],
      network_mode: "awsvpc",
      memory: "512",
      cpu: "256",
    };
    const { first, saved } = await templatesOf(
      firstPlan(
        definition("app", {}, fargate),
        service("app", { launch_type: "FARGATE", platform_version: "LATEST" }),
      ),
    );
    expect(first.plan.services[0]?.name).toBe("app");
    expect(saved.notes).toEqual([
      {
        address: "aws_ecs_service.app",
        text: "a Fargate service; here its tasks run on the local hosts",
      },
    ]);
  });

  it("is a cluster whose default is Fargate, and that is told", async () => {
    const { first, saved } = await templatesOf(
      firstPlan(definition("app", {}, { network_mode: "awsvpc" }), service("app"), {
        address: "aws_ecs_cluster_capacity_providers.main",
        values: {
          cluster_name: "main",
          capacity_providers: ["FARGATE", "FARGATE_SPOT"],
          default_capacity_provider_strategy: [{ capacity_provider: "FARGATE", weight: 1 }],
        },
      }),
    );
    expect(first.plan.services).toHaveLength(1);
    expect(saved.notes).toEqual([
      {
        address: "aws_ecs_cluster_capacity_providers.main",
        text: "the default is Fargate; here tasks run on the local hosts",
      },
    ]);
  });

  it("is text with the beginning of an expression: it stands for itself", async () => {
    const command = ["sh", "-c", "echo ${HOME} %{x} $${y}"];
    const { first } = await templatesOf(firstPlan(definition("app", { command }), service("app")));
    const [app] = first.plan.taskDefinitions.values();
    expect(app?.containers[0]?.command).toEqual(command);
  });

  it("is a secret whose value is written only, or unknown: it is drawn with the keys that are asked for", async () => {
    const secrets = [
      { name: "PASSWORD", valueFrom: "arn:aws:secretsmanager:r:1:secret:key-AbCdEf:password::" },
    ];
    const { first, saved } = await templatesOf(
      firstPlan(
        definition("app", { secrets }),
        service("app"),
        {
          address: "aws_secretsmanager_secret.key",
          values: { name: "key", arn: "arn:aws:secretsmanager:r:1:secret:key-AbCdEf" },
        },
        {
          address: "aws_secretsmanager_secret_version.key",
          values: {
            secret_id: "arn:aws:secretsmanager:r:1:secret:key-AbCdEf",
            secret_string_wo: null,
          },
          sensitive: { secret_string: true },
        },
      ),
    );
    expect(JSON.parse(first.secrets.value("key"))).toEqual({
      password: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(saved.first.blocks.has("aws_secretsmanager_secret.key")).toBe(true);
  });
});

describe("a registry that is no block", () => {
  it.each([null, 0, "srv", ["srv"]])("is refused by its field: %j", async (registry) => {
    const wrong = service("app", { service_registries: [registry] });
    expect(await refusal(definition("app"), wrong)).toMatch(
      /^HarnessError: aws_ecs_service\.app\.service_registries/,
    );
  });
});

describe("what a state of AWS has for arguments that were left out", () => {
  it("counts as left out", async () => {
    const { first } = await templatesOf(
      firstPlan(
        definition("app", {}, { network_mode: "awsvpc", cpu: "", memory: "", pid_mode: "" }),
        service("app", {
          deployment_configuration: [{ strategy: "ROLLING", bake_time_in_minutes: "0" }],
          platform_version: "",
          service_registries: [
            { registry_arn: "arn:srv", container_name: "", container_port: 0, port: 0 },
          ],
        }),
        {
          address: "aws_service_discovery_service.app",
          values: {
            arn: "arn:srv",
            name: "app",
            dns_config: [{ namespace_id: "ns-1", dns_records: [{ type: "A", ttl: 5 }] }],
            health_check_config: [],
          },
        },
        {
          address: "aws_service_discovery_private_dns_namespace.main",
          values: { id: "ns-1", name: "main-ecs", hosted_zone: "Z1" },
        },
        {
          address: "aws_alb_target_group.app",
          values: {
            name: "app",
            port: 80,
            stickiness: [{ cookie_duration: 86_400, enabled: false, type: "lb_cookie" }],
            target_health_state: [{ enable_unhealthy_connection_termination: true }],
          },
        },
        {
          address: "aws_lb_listener.app",
          values: {
            load_balancer_arn: "arn:lb",
            port: 80,
            default_action: [
              {
                type: "fixed-response",
                fixed_response: [{ content_type: "text/plain" }],
                order: 1,
              },
            ],
            mutual_authentication: [{ mode: "off", trust_store_arn: "" }],
            tcp_idle_timeout_seconds: 350,
          },
        },
        { address: "aws_lb.app", values: { arn: "arn:lb", name: "app", zone_id: "Z2" } },
      ),
    );
    const [app] = first.plan.services;
    expect(app?.registries).toEqual([
      {
        address: "aws_service_discovery_service.app",
        containerName: "app",
        containerPort: 80,
      },
    ]);
    expect(first.plan.targetGroups.has("aws_alb_target_group.app")).toBe(true);
    expect(first.plan.loadBalancers[0]?.listeners).toHaveLength(1);
  });
});
