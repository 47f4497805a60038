import { describe } from "vitest";
import { modeRules } from "../../../stacks/rules/modes-rules.ts";
import { testBreaks } from "../support/broken.ts";
import { minimalEnvironment } from "../support/template.ts";

const { app } = minimalEnvironment;
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
      "host-ports-fit-mode",
      `${mapping}.hostPort`,
      ({ container }) => container("app", (each) => setHostPort(each, 3000)),
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
  ]);
});

function setHostPort(container: Record<string, unknown>, hostPort: number): void {
  const [first] = container["portMappings"] as Record<string, unknown>[];
  Object.assign(first ?? {}, { hostPort });
}
