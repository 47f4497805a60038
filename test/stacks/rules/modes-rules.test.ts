import { describe } from "vitest";
import { modeRules } from "../../../stacks/rules/modes-rules.ts";
import { testBreaks } from "../support/broken.ts";
import { leastEnvironment } from "../support/template.ts";

const { app } = leastEnvironment;
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
      "interface-of-its-own",
      `${service}.network_configuration`,
      ({ resource }) => Reflect.deleteProperty(resource(service), "network_configuration"),
      awsvpc,
    ],
    [
      "interface-of-its-own",
      `${service}.network_configuration`,
      ({ resource }) => (resource(service)["network_configuration"] = { subnets: ["subnet-1"] }),
    ],
    [
      "host-ports-fit-mode",
      `${mapping}.hostPort`,
      ({ container }) => container("app", (each) => setHostPort(each, 3000)),
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
      "scaled-by-one",
      `${service}.lifecycle.ignore_changes`,
      ({ resource }) => Reflect.deleteProperty(resource(service), "lifecycle"),
      scaled,
    ],
    [
      "scaled-by-one",
      `${service}.desired_count`,
      ({ resource }) => (resource(service)["desired_count"] = 3),
      scaled,
    ],
    [
      "scaled-by-one",
      `${target}.min_capacity`,
      ({ resource }) => (resource(target)["max_capacity"] = 1),
      scaled,
    ],
    [
      "scaled-by-one",
      `${target}.resource_id`,
      ({ resource }) => (resource(target)["resource_id"] = "service/dev/other"),
      scaled,
    ],
  ]);
});

function setHostPort(container: Record<string, unknown>, hostPort: number): void {
  const [first] = container["portMappings"] as Record<string, unknown>[];
  Object.assign(first ?? {}, { hostPort });
}
