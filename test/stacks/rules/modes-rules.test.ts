import { describe } from "vitest";
import { modeRules } from "../../../stacks/rules/modes-rules.ts";
import { type Break, testBreaks, testKept } from "../support/broken.ts";
import { existingParts, external, minimalEnvironment } from "../support/template.ts";

const { app } = minimalEnvironment;
const { network, cluster } = existingParts;
const service = "aws_ecs_service.app_service";
const targets = "aws_lb_target_group.load_balancer_targets";
const mapping =
  "aws_ecs_task_definition.app_task_definition.container_definitions.0.portMappings.0";
const awsvpc = { app: { ...app, networkMode: "awsvpc" } } as const;
const host = { app: { ...app, networkMode: "host", port: 8080 } } as const;
const scaled = { app: { ...app, autoscaling: { min: 2, max: 4, cpu: 60 } } } as const;
const target = "aws_appautoscaling_target.app_autoscaling_target";

describe("the rules of network modes and scaling", () => {
  testBreaks(modeRules, [
    [
      "awsvpc-network-configuration",
      `${service}.network_configuration`,
      ({ resource }) => Reflect.deleteProperty(resource(service), "network_configuration"),
      awsvpc,
    ],
    [
      "awsvpc-network-configuration",
      `${service}.network_configuration`,
      ({ resource }) => (resource(service)["network_configuration"] = { subnets: ["subnet-1"] }),
    ],
    ...[
      { subnets: [] },
      { security_groups: [] },
      { subnets: undefined },
      { security_groups: undefined },
      { assign_public_ip: true },
    ].map((wrong): Break => [
      "awsvpc-network-configuration",
      `${service}.network_configuration`,
      ({ resource }) => Object.assign(resource(service)["network_configuration"] as object, wrong),
      awsvpc,
    ]),
    [
      "host-ports-fit-mode",
      `${mapping}.hostPort`,
      ({ container }) => container("app", (each) => setHostPort(each, 3000)),
    ],
    [
      "host-ports-fit-mode",
      `${mapping}.hostPort`,
      ({ container, resource }) => {
        // Bridge mode is the default of ECS on EC2.
        Reflect.deleteProperty(
          resource("aws_ecs_task_definition.app_task_definition"),
          "network_mode",
        );
        container("app", (each) => setHostPort(each, 3000));
      },
    ],
    [
      "host-ports-fit-mode",
      `${mapping}.hostPort`,
      ({ container }) => container("app", (each) => setHostPort(each, 0)),
      awsvpc,
    ],
    [
      "target-type-fits-mode",
      `${targets}.target_type`,
      ({ resource }) => (resource(targets)["target_type"] = "instance"),
      awsvpc,
    ],
    [
      "target-type-fits-mode",
      `${targets}.name`,
      ({ resource }) => (resource(targets)["name"] = "dev-app"),
      awsvpc,
    ],
    [
      "target-type-fits-mode",
      `${targets}.lifecycle.create_before_destroy`,
      ({ resource }) => Reflect.deleteProperty(resource(targets), "lifecycle"),
    ],
    [
      "host-port-taken-once",
      `${service}.deployment_minimum_healthy_percent`,
      ({ resource }) => (resource(service)["deployment_minimum_healthy_percent"] = 100),
      host,
    ],
    [
      "host-port-taken-once",
      `${service}.deployment_maximum_percent`,
      ({ resource }) => (resource(service)["deployment_maximum_percent"] = 200),
      host,
    ],
    [
      "host-port-taken-once",
      `${service}.deployment_minimum_healthy_percent`,
      ({ resource }) => {
        const task = resource("aws_ecs_task_definition.app_task_definition");
        const [first] = JSON.parse(String(task["container_definitions"])) as object[];
        const sidecar = { ...first, name: "sidecar", portMappings: [] };
        task["container_definitions"] = JSON.stringify([first, sidecar]);
        resource(service)["deployment_minimum_healthy_percent"] = 100;
      },
      host,
    ],
    [
      "tasks-reach-redis",
      `${service}.network_configuration.security_groups`,
      ({ remove, resource }) => {
        const way = "aws_vpc_security_group_ingress_rule.app_network_hosts_0_from_here";
        remove(way);
        const needs = resource(service)["depends_on"] as string[];
        resource(service)["depends_on"] = needs.filter((each) => each !== way);
      },
      awsvpc,
    ],
    [
      "desired-count-ignored",
      `${service}.lifecycle.ignore_changes`,
      ({ resource }) => Reflect.deleteProperty(resource(service), "lifecycle"),
      scaled,
    ],
    [
      "desired-count-ignored",
      `${service}.desired_count`,
      ({ resource }) => (resource(service)["desired_count"] = 3),
      scaled,
    ],
    [
      "desired-count-ignored",
      `${target}.min_capacity`,
      ({ resource }) => (resource(target)["max_capacity"] = 1),
      scaled,
    ],
    ...["service/dev/other", `service/dev/\${${service}.name}-2`].map((id): Break => [
      "desired-count-ignored",
      `${target}.resource_id`,
      ({ resource }) => (resource(target)["resource_id"] = id),
      scaled,
    ]),
  ]);

  testKept([
    [
      "an existing target group",
      ({ resource }) => {
        const [balanced] = resource(service)["load_balancer"] as object[];
        Object.assign(balanced ?? {}, { target_group_arn: "arn:aws:elasticloadbalancing:x" });
      },
    ],
    ["an external Redis", () => {}, { ...awsvpc, ...external }],
    ["existing hosts", () => {}, { ...awsvpc, network, cluster }],
    [
      "the same minimum and maximum",
      ({ resource }) => (resource(target)["max_capacity"] = resource(target)["min_capacity"]),
      scaled,
    ],
    [
      "a task in host mode without ports",
      ({ container, resource }) => {
        container("app", (each) => (each["portMappings"] = []));
        resource(service)["deployment_maximum_percent"] = 200;
      },
      host,
    ],
  ]);
});

function setHostPort(container: Record<string, unknown>, hostPort: number): void {
  const [first] = container["portMappings"] as Record<string, unknown>[];
  Object.assign(first ?? {}, { hostPort });
}
