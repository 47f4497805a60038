import { ofHostRoles } from "./host-templates.ts";
import { fieldOf, finding, type Rule } from "./rule.ts";
import {
  allContainersOf,
  redisServicesOf,
  redisTasksOf,
  sharesHostNetwork,
  tasksOf,
  variable,
} from "./tasks.ts";
import { at, blocks, texts } from "./template.ts";

const healthCheckLimits: Rule = {
  id: "health-check-limits",
  title: "A container's health check is within ECS's limits",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html",
  remedy: "interval 5 to 300, timeout 2 to 60, retries 1 to 10, startPeriod 0 to 300",
  *check(template) {
    const limits = {
      interval: [5, 300],
      timeout: [2, 60],
      retries: [1, 10],
      startPeriod: [0, 300],
    };
    for (const { definition, field, body } of allContainersOf(template).filter(
      (each) => "healthCheck" in each.body,
    )) {
      for (const [name, [least = 0, most = 0]] of Object.entries(limits)) {
        const value = Number(at(body, `healthCheck.${name}`));
        if (value >= least && value <= most) continue;
        yield finding(definition, `${field}.healthCheck.${name}`, at(body, `healthCheck.${name}`));
      }
    }
  },
};

const rebalancing: Rule = {
  id: "rebalancing-needs-room",
  title:
    "Zone rebalancing is off if the maximum is 100 percent: it starts a task before it stops one. It is on by default for new services",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html",
  remedy: "availability_zone_rebalancing DISABLED, or a deployment_maximum_percent above 100",
  check: fieldOf("aws_ecs_service", "availability_zone_rebalancing", (value, _, { body }) => {
    const hasRoom = Number(body["deployment_maximum_percent"] ?? 200) > 100;
    return value === "DISABLED" || (value === "ENABLED" && hasRoom);
  }),
};

const packedInZones: Rule = {
  id: "packed-in-zones",
  title:
    "The tasks of a service are spread over zones and packed by memory in each zone, so that the free memory is on one host, where Redis fits. Zone rebalancing requires that the spread is first",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html",
  remedy:
    "ordered_placement_strategy: spread by attribute:ecs.availability-zone, then binpack by memory",
  *check(template) {
    const redis = redisServicesOf(template);
    for (const service of template.all("aws_ecs_service")) {
      if (redis.includes(service)) continue;
      const strategies = blocks(service.body["ordered_placement_strategy"]);
      const found = strategies.map(({ type, field }) => `${String(type)} ${String(field)}`);
      if (found.join() !== "spread attribute:ecs.availability-zone,binpack memory") {
        yield finding(service, "ordered_placement_strategy");
      }
    }
  },
};

const strategyOrLaunchType: Rule = {
  id: "strategy-or-launch-type",
  title: "A service has either a capacity provider or a launch type",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
  remedy: "exactly one of capacity_provider_strategy and launch_type",
  check: fieldOf("aws_ecs_service", "launch_type", (launchType, _, { body }) => {
    return (launchType === undefined) === blocks(body["capacity_provider_strategy"]).length > 0;
  }),
};

const dependenciesOutlive: Rule = {
  id: "dependencies-outlive-services",
  title:
    "The hosts' permissions and the capacity provider are destroyed after the services: without them a service stays DRAINING forever",
  source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_service",
  remedy:
    "depends_on with the policy attachments of the hosts' role and the cluster's capacity providers",
  *check(template) {
    const dependencies = [
      ...template.all("aws_ecs_cluster_capacity_providers"),
      ...ofHostRoles(template, "aws_iam_role_policy_attachment"),
    ];
    for (const service of template.all("aws_ecs_service")) {
      const needs = texts(service.body["depends_on"]);
      if (!dependencies.every(({ address }) => needs.includes(address))) {
        yield finding(service, "depends_on");
      }
    }
  },
};

const keptRevisions: Rule = {
  id: "kept-revisions",
  title: "Old revisions of a task definition stay registered, so that a rollback is possible",
  source:
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_task_definition",
  remedy: "skip_destroy = true",
  check: fieldOf("aws_ecs_task_definition", "skip_destroy", (skip) => skip === true),
};

const initProcess: Rule = {
  id: "init-process",
  title: "PID 1 of a container is an init process, because a shell as PID 1 ignores SIGTERM",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html",
  remedy: "linuxParameters.initProcessEnabled = true",
  *check(template) {
    for (const { definition, field, body } of allContainersOf(template)) {
      const value = at(body, "linuxParameters.initProcessEnabled");
      if (value !== true) {
        yield finding(definition, `${field}.linuxParameters.initProcessEnabled`, value);
      }
    }
  },
};

const ownSysctls: Rule = {
  id: "own-sysctls",
  title: "A container sets only kernel parameters of its own namespaces",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html",
  remedy:
    "net.* and IPC parameters in systemControls; vm.overcommit_memory and others in the hosts' user data",
  *check(template) {
    const own = /^(net\.|fs\.mqueue\.|kernel\.(msg|sem$|shm))/;
    for (const { definition, field, body } of allContainersOf(template)) {
      for (const { namespace } of blocks(body["systemControls"])) {
        if (!own.test(String(namespace))) {
          yield finding(definition, `${field}.systemControls`, namespace);
        }
      }
    }
  },
};

const ownNamespaces: Rule = {
  id: "own-namespaces",
  title: "A container has no additional privileges on its host",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
  remedy: "no privileged container, no pid_mode or ipc_mode host",
  *check(template) {
    for (const { definition, containers } of tasksOf(template)) {
      for (const field of ["pid_mode", "ipc_mode"]) {
        if (definition.body[field] === "host") yield finding(definition, field);
      }
      for (const { field, body } of containers.filter((one) => one.body["privileged"] === true)) {
        yield finding(definition, `${field}.privileged`, body["privileged"]);
      }
    }
  },
};

const regionGiven: Rule = {
  id: "region-given",
  title:
    "A container in bridge mode has the region in a variable: it cannot reach the instance metadata, where SDKs look for the region",
  source:
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
  remedy: "AWS_REGION in the container's environment",
  *check(template, { region }) {
    // Redis' containers use no SDK.
    const redis = redisTasksOf(template).map(({ definition }) => definition);
    for (const task of tasksOf(template).filter(sharesHostNetwork)) {
      const { definition, containers } = task;
      if (definition.body["task_role_arn"] === undefined || redis.includes(definition)) continue;
      for (const container of containers) {
        const value = variable(container, "AWS_REGION");
        if (value !== region) {
          yield finding(definition, `${container.field}.environment.AWS_REGION`, value);
        }
      }
    }
  },
};

const logsNeverBlock: Rule = {
  id: "logs-never-block",
  title: "A full log buffer loses lines instead of blocking the container",
  source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html",
  remedy: "logConfiguration.options with mode non-blocking and a max-buffer-size",
  *check(template) {
    for (const { definition, field, body } of allContainersOf(template)) {
      const options = at(body, "logConfiguration.options");
      const isBounded = at(options, "max-buffer-size") !== undefined;
      if (at(options, "mode") !== "non-blocking" || !isBounded) {
        yield finding(definition, `${field}.logConfiguration.options`, options);
      }
    }
  },
};

const logRetention: Rule = {
  id: "log-retention",
  title: "Logs are kept for a limited time",
  source:
    "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
  remedy: "retention_in_days above 0",
  check: fieldOf("aws_cloudwatch_log_group", "retention_in_days", (days) => Number(days) > 0),
};

const deploysRollBack: Rule = {
  id: "deploys-roll-back",
  title: "A failed deployment of a service that can run two revisions at once is rolled back",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html",
  remedy: "deployment_circuit_breaker with enable and rollback, both true",
  check: fieldOf("aws_ecs_service", "deployment_circuit_breaker", (breaker, _, { body }) => {
    const overlaps = Number(body["deployment_maximum_percent"] ?? 200) > 100;
    return !overlaps || (at(breaker, "enable") === true && at(breaker, "rollback") === true);
  }),
};

/** ECS services and task definitions. */
export const ecsRules: readonly Rule[] = [
  healthCheckLimits,
  rebalancing,
  packedInZones,
  strategyOrLaunchType,
  dependenciesOutlive,
  keptRevisions,
  initProcess,
  ownSysctls,
  ownNamespaces,
  regionGiven,
  logsNeverBlock,
  logRetention,
  deploysRollBack,
];
