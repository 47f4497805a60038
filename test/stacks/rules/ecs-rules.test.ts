import { describe } from "vitest";
import { ecsRules } from "../../../stacks/rules/ecs-rules.ts";
import { type Break, type Draft, testBreaks, testKept } from "../support/broken.ts";

const redis = "aws_ecs_service.redis_service";
const app = "aws_ecs_service.app_service";
const appTask = "aws_ecs_task_definition.app_task_definition";
const redisTask = "aws_ecs_task_definition.redis_task_definition";
const appLog = "aws_cloudwatch_log_group.app_log";
const leastTimes = { interval: 5, timeout: 2, retries: 1, startPeriod: 0 };
const mostTimes = { interval: 300, timeout: 60, retries: 10, startPeriod: 300 };

/** Adds a health check to the app. */
const checked =
  (times: object) =>
  ({ container }: Draft): void =>
    container("app", (each) => (each["healthCheck"] = { command: ["CMD", "true"], ...times }));

const sysctls =
  (...namespaces: string[]) =>
  ({ container }: Draft): void =>
    container("app", (each) => {
      each["systemControls"] = namespaces.map((namespace) => ({ namespace, value: "1" }));
    });

/** Changes the options of the app's logs. */
const logging =
  (changes: object) =>
  ({ container }: Draft): void =>
    container("app", ({ logConfiguration }) => {
      Object.assign((logConfiguration as { options: object }).options, changes);
    });

/** Removes a resource from the dependencies of a service. */
const without =
  (service: string, part: string) =>
  ({ resource }: Draft): void => {
    const needs = resource(service)["depends_on"] as string[];
    const left = needs.filter((each) => !each.includes(part));
    if (left.length === needs.length) throw new Error(`${service} does not need ${part}`);
    resource(service)["depends_on"] = left;
  };

describe("the rules of ECS", () => {
  testBreaks(ecsRules, [
    ...Object.entries({
      interval: [4, 301],
      timeout: [1, 61],
      retries: [0, 11],
      startPeriod: [-1, 301],
    }).flatMap(([field, values]) =>
      values.map((value): Break => [
        "health-check-limits",
        `${appTask}.container_definitions.0.healthCheck.${field}`,
        checked({ ...leastTimes, [field]: value }),
        {},
        value,
      ]),
    ),
    [
      "rebalancing-needs-room",
      `${app}.availability_zone_rebalancing`,
      ({ resource }) => Reflect.deleteProperty(resource(app), "availability_zone_rebalancing"),
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
    ...["cluster_role_ecs", "aws_ecs_cluster_capacity_providers"].map((part): Break => [
      "dependencies-outlive-services",
      `${redis}.depends_on`,
      without(redis, part),
    ]),
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
    ...["vm.overcommit_memory", "user.net.x", "fs.file-max", "kernel.sem_next_id"].map(
      (namespace): Break => [
        "own-sysctls",
        `${appTask}.container_definitions.0.systemControls`,
        sysctls("net.core.somaxconn", namespace),
        {},
        namespace,
      ],
    ),
    [
      "own-namespaces",
      `${appTask}.container_definitions.0.privileged`,
      ({ container }) => container("app", (each) => (each["privileged"] = true)),
      {},
      true,
    ],
    [
      "region-given",
      `${appTask}.container_definitions.0.environment.AWS_REGION`,
      ({ container }) =>
        container("app", (each) => {
          each["environment"] = [{ name: "AWS_REGION", value: "us-east-1" }];
        }),
      {},
      "us-east-1",
    ],
    ...[{ mode: "blocking" }, { mode: undefined }, { "max-buffer-size": undefined }].map(
      (wrong): Break => [
        "logs-never-block",
        `${appTask}.container_definitions.0.logConfiguration.options`,
        logging(wrong),
      ],
    ),
    ...[0, undefined].map((days): Break => [
      "log-retention",
      `${appLog}.retention_in_days`,
      ({ resource }) => (resource(appLog)["retention_in_days"] = days),
    ]),
    [
      "deploys-roll-back",
      `${app}.deployment_circuit_breaker`,
      ({ resource }) => {
        delete resource(app)["deployment_circuit_breaker"];
        // The default is 200.
        delete resource(app)["deployment_maximum_percent"];
      },
    ],
  ]);

  testKept([
    ["the minimum times of a health check", checked(leastTimes)],
    ["the maximum times of a health check", checked(mostTimes)],
    [
      "kernel parameters of the container's namespaces",
      sysctls("net.core.somaxconn", "fs.mqueue.msg_max", "kernel.msgmax", "kernel.sem"),
    ],
    [
      "a service that stops tasks first, which cannot roll back",
      ({ resource }) => {
        resource(app)["deployment_maximum_percent"] = 100;
        resource(app)["availability_zone_rebalancing"] = "DISABLED";
        delete resource(app)["deployment_circuit_breaker"];
      },
    ],
  ]);
});
