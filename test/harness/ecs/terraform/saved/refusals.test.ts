import { describe, expect, it } from "vitest";
import { planSupport } from "../../../../../harness/ecs/index.ts";
import { definition, firstPlan, refusal, type Planned, service, templatesOf } from "./fixture.ts";

const APP = [definition("app"), service("app")] as const;

const rule = (condition: object): Planned => ({
  address: "aws_lb_listener_rule.x",
  values: {
    listener_arn: "arn:listener",
    action: [{ type: "fixed-response", fixed_response: [{ content_type: "text/plain" }] }],
    condition: [condition],
  },
});

const inRegion = (region: string) => ({ expressions: { region: { constant_value: region } } });

describe("an unsupported part of a plan", () => {
  it.each(planSupport().refused)("%s is refused with its address: here %s", async (type, why) => {
    expect(await refusal(...APP, { address: `${type}.x`, values: { name: "x" } })).toContain(
      `${type}.x: ${type} is not modelled by the local ECS: here ${why}`,
    );
  });

  it.each(planSupport().container.refused)(
    "a container's %s is refused with its name, and accepted if it is empty",
    async (field) => {
      const said = await refusal(definition("app", { [field]: ["x"] }), service("app"));
      expect(said).toContain(`container_definitions.0.${field}`);
      expect(await refusal(definition("app", { [field]: [] }), service("app"))).toBe("accepted");
    },
  );

  it("is refused: a listener rule with source IPs or a regular expression", async () => {
    expect(await refusal(...APP, rule({ source_ip: [{ values: ["10.0.0.0/8"] }] }))).toContain(
      "aws_lb_listener_rule.x.condition.0.source_ip is not modelled by the local ECS",
    );
    const path_pattern = [{ values: [], regex_values: ["^/a"] }];
    expect(await refusal(...APP, rule({ path_pattern }))).toContain(
      "aws_lb_listener_rule.x.condition.0.path_pattern.regex_values is not modelled",
    );
  });

  it("is the only problem if it is of a definition, whose mode and ports are not known then", async () => {
    const group: Planned = {
      address: "aws_lb_target_group.app",
      values: { name: "app", port: 80, target_type: "ip" },
      unknown: { arn: true },
    };
    const app = service("app", { load_balancer: [{ container_name: "app", container_port: 80 }] });
    const balanced: Planned = {
      ...app,
      unknown: { ...app.unknown, load_balancer: [{ target_group_arn: true }] },
      written: {
        ...app.written,
        load_balancer: [
          {
            target_group_arn: {
              references: ["aws_lb_target_group.app.arn", "aws_lb_target_group.app"],
            },
          },
        ],
      },
    };
    expect(await refusal(definition("app", { later: 1 }), balanced, group)).toBe(
      'HarnessError: aws_ecs_task_definition.app.container_definitions.0 ("app").later is not modelled by the local ECS',
    );
    expect(await refusal(definition("app"), balanced, group)).toContain(
      "aws_lb_target_group.app has target_type ip; tasks in bridge mode need instance",
    );
  });

  it("is listed once if its type does not affect tasks", async () => {
    const others = ["aws_iam_role.a", "aws_iam_role.b", "aws_dynamodb_table.c"];
    const { saved } = await templatesOf(
      firstPlan(...APP, ...others.map((address) => ({ address, values: { name: "x" } }))),
    );
    expect(saved.notPlayed).toEqual(["aws_dynamodb_table", "aws_iam_role"]);
  });

  it("is refused: an argument of a service that is not modelled, unless it is off", async () => {
    const of_a_later_provider = [{ enabled: true }];
    expect(await refusal(definition("app"), service("app", { of_a_later_provider }))).toContain(
      "aws_ecs_service.app.of_a_later_provider is not modelled by the local ECS",
    );
    const off = { service_connect_configuration: [], volume_configuration: [], triggers: null };
    const { first } = await templatesOf(firstPlan(definition("app"), service("app", off)));
    expect(first.plan.services).toHaveLength(1);
  });

  it("is refused: a value in place of a block", async () => {
    expect(
      await refusal(definition("app"), service("app", { capacity_provider_strategy: "1.2" })),
    ).toMatch(/^HarnessError: aws_ecs_service\.app\.capacity_provider_strategy/);
    expect(await refusal(definition("app", {}, { volume: { x: false } }), service("app"))).toMatch(
      /^HarnessError: aws_ecs_task_definition\.app\.volume/,
    );
  });

  it("is refused: a value that was left out because it is sensitive", async () => {
    const { values, ...rest } = definition("app");
    const { container_definitions: _left, ...others } = values;
    const sensitive = { container_definitions: true };
    expect(await refusal({ ...rest, values: others, sensitive }, service("app"))).toContain(
      "aws_ecs_task_definition.app.container_definitions is sensitive, and its value was left out",
    );
  });

  it("is refused: a resource in another region", async () => {
    const plan = firstPlan(...APP, { address: "aws_ecs_cluster.main", values: { name: "main" } });
    const { configuration } = plan;
    const [task, app, cluster] = configuration.root_module.resources;
    for (const each of [task, app]) each.provider_config_key = "aws";
    cluster.provider_config_key = "aws.other";
    configuration.provider_config = {
      aws: inRegion("eu-central-1"),
      "aws.other": inRegion("eu-west-1"),
    };
    await expect(templatesOf(plan)).rejects.toThrow("aws_ecs_cluster.main.region");
    cluster.provider_config_key = "aws";
    expect((await templatesOf(plan)).first.region).toBe("eu-central-1");
  });
});

const hosts = (size: number): Planned[] => [
  {
    address: "aws_autoscaling_group.hosts",
    values: { min_size: size, max_size: size, launch_template: [{ id: "lt-1" }] },
  },
  { address: "aws_launch_template.hosts", values: { id: "lt-1", instance_type: "t3.small" } },
];

describe("two services with the same fixed port", () => {
  const fixed = { portMappings: [{ containerPort: 80, hostPort: 8080 }] };
  const services = [
    definition("one", fixed),
    definition("two", fixed),
    service("one"),
    service("two"),
  ];

  it("are refused on one host", async () => {
    expect(await refusal(...services, ...hosts(1))).toContain(
      "aws_ecs_service.two: needs port 8080",
    );
  });

  it("are accepted on two", async () => {
    const { first } = await templatesOf(firstPlan(...services, ...hosts(2)));
    expect(first.plan.services).toHaveLength(2);
  });
});

describe("a registry that is not a block", () => {
  it.each([null, 0, "srv", ["srv"]])("is refused with its field: %j", async (registry) => {
    const wrong = service("app", { service_registries: [registry] });
    expect(await refusal(definition("app"), wrong)).toMatch(
      /^HarnessError: aws_ecs_service\.app\.service_registries/,
    );
  });
});
