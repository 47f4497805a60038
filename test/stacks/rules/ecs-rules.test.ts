import { describe } from "vitest";
import { ecsRules } from "../../../stacks/rules/ecs-rules.ts";
import { testBreaks } from "../support/broken.ts";
import { existingParts } from "../support/template.ts";

const redis = "aws_ecs_service.redis_service";
const app = "aws_ecs_service.app_service";
const appTask = "aws_ecs_task_definition.app_task_definition";
const redisTask = "aws_ecs_task_definition.redis_task_definition";
const { network, cluster } = existingParts;

describe("the rules of ECS", () => {
  testBreaks(ecsRules, [
    [
      "health-check-limits",
      `${redisTask}.container_definitions.0.healthCheck.retries`,
      ({ container }) =>
        container("redis", ({ healthCheck }) =>
          Object.assign(healthCheck as object, { retries: 11 }),
        ),
    ],
    [
      "rebalancing-needs-room",
      `${app}.availability_zone_rebalancing`,
      ({ resource }) => Reflect.deleteProperty(resource(app), "availability_zone_rebalancing"),
    ],
    [
      "rebalancing-needs-room",
      `${app}.availability_zone_rebalancing`,
      ({ resource }) => (resource(app)["deployment_maximum_percent"] = 100),
    ],
    [
      "packed-in-zones",
      `${app}.ordered_placement_strategy`,
      ({ resource }) => {
        const [spread, pack] = resource(app)["ordered_placement_strategy"] as object[];
        resource(app)["ordered_placement_strategy"] = [pack, spread];
      },
    ],
    [
      "strategy-or-launch-type",
      `${app}.launch_type`,
      ({ resource }) => (resource(app)["launch_type"] = "EC2"),
    ],
    [
      "strategy-or-launch-type",
      `${app}.launch_type`,
      ({ resource }) => Reflect.deleteProperty(resource(app), "launch_type"),
      { network, cluster },
    ],
    [
      "dependencies-outlive-services",
      `${redis}.depends_on`,
      ({ resource }) => {
        const needs = resource(redis)["depends_on"] as string[];
        resource(redis)["depends_on"] = needs.filter((each) => !each.includes("cluster_role_ecs"));
      },
    ],
    [
      "kept-revisions",
      `${appTask}.skip_destroy`,
      ({ resource }) => (resource(appTask)["skip_destroy"] = false),
    ],
    [
      "init-process",
      `${redisTask}.container_definitions.0.linuxParameters.initProcessEnabled`,
      ({ container }) => container("redis", (each) => (each["linuxParameters"] = {})),
    ],
    [
      "own-sysctls",
      `${redisTask}.container_definitions.0.systemControls`,
      ({ container }) =>
        container("redis", (each) => {
          each["systemControls"] = [
            { namespace: "net.core.somaxconn", value: "1024" },
            { namespace: "vm.overcommit_memory", value: "1" },
          ];
        }),
    ],
    [
      "own-namespaces",
      `${appTask}.container_definitions.0.privileged`,
      ({ container }) => container("app", (each) => (each["privileged"] = true)),
    ],
    [
      "own-namespaces",
      `${appTask}.pid_mode`,
      ({ resource }) => (resource(appTask)["pid_mode"] = "host"),
    ],
    [
      "region-given",
      `${appTask}.container_definitions.0.environment.AWS_REGION`,
      ({ container }) => container("app", (each) => (each["environment"] = [])),
    ],
    [
      "logs-never-block",
      `${appTask}.container_definitions.0.logConfiguration.options`,
      ({ container }) =>
        container("app", ({ logConfiguration }) => {
          const { options } = logConfiguration as { options: Record<string, string> };
          options["mode"] = "blocking";
        }),
    ],
    [
      "logs-end",
      "aws_cloudwatch_log_group.app_log.retention_in_days",
      ({ resource }) => (resource("aws_cloudwatch_log_group.app_log")["retention_in_days"] = 0),
    ],
    [
      "deploys-fail-whole",
      `${app}.deployment_circuit_breaker`,
      ({ resource }) =>
        (resource(app)["deployment_circuit_breaker"] = { enable: true, rollback: false }),
    ],
  ]);
});
