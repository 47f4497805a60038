import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { z } from "zod";
import { policyDocument } from "../../stacks/aws/policy.ts";
import { readSecrets } from "../../stacks/aws/secret-access.ts";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import {
  type HealthCheckTimes,
  redisHealthTimes,
} from "../../stacks/config/redis-health-schema.ts";
import { dataPercent } from "../../stacks/config/redis-fields.ts";
import { Discovery, discover } from "../../stacks/discovery/discovery.ts";
import { existingNetwork } from "../../stacks/network/network.ts";
import { FileSystem } from "../../stacks/redis/file-system.ts";
import { redisUser } from "../../stacks/redis/redis-container.ts";
import { RedisPasswords } from "../../stacks/redis/redis-passwords.ts";
import { type RedisNames, RedisService } from "../../stacks/redis/redis-service.ts";
import type { RedisSettings } from "../../stacks/redis/redis-settings.ts";
import { execContainers, execLocals, execStatements } from "./exec.ts";
import type { ModuleDefinition } from "./module-definition.ts";
import { ModuleStack, numberOf, type Outputs } from "./module-stack.ts";
import { redisInputs } from "./redis-inputs.ts";
import { redisPage } from "./redis-page.ts";
import { redisModuleAlarms } from "./redis-alarms.ts";
import { roleOutputs, serviceOutputs } from "./common-outputs.ts";
import { moduleCluster, moduleSettings, serviceOfModule, locationLocals } from "./common-parts.ts";

const name = "${var.name}";
const namespace = "${var.namespace.name}";

const names: RedisNames = {
  redis: name,
  namespace,
  redisUrl: `redis+srv://${name}.${namespace}`,
  logGroup: () => `/ecs/${name}`,
};

/** Resources of the file system, which exist only without `var.file_system`. */
const fileSystemCounts: Readonly<Record<string, string>> = {
  "aws_efs_file_system.storage_efs": "var.file_system == null ? 1 : 0",
  "aws_efs_file_system_policy.storage_policy": "var.file_system == null ? 1 : 0",
  "aws_security_group.storage_security_group": "var.file_system == null ? 1 : 0",
  "aws_vpc_security_group_ingress_rule.storage_from_hosts": "var.file_system == null ? 1 : 0",
};

const mountTargets = {
  "aws_efs_mount_target.storage_mount_target": "var.file_system == null ? var.subnets : {}",
};

const { interval, timeout, retries } = redisHealthTimes.shape;
const longestTimes: HealthCheckTimes = {
  interval: longest(interval),
  timeout: longest(timeout),
  retries: longest(retries),
};

/** The maximum of a field with a default. */
function longest(field: z.ZodDefault<z.ZodNumber>): number {
  return ensureDefined(field.unwrap().maxValue ?? undefined, "maximum of a time");
}

/** The times of a health check in container definitions. */
function timesIn(times: Readonly<Record<keyof HealthCheckTimes, number | string>>): string {
  const { interval: every, timeout: most, retries: tries } = times;
  return `"interval":${every},"timeout":${most},"retries":${tries}`;
}

const redis: RedisSettings = {
  image: "${var.image}",
  pulled: [],
  memory: numberOf("var.memory"),
  cpu: numberOf("var.cpu"),
  majorVersion: numberOf("var.major_version"),
  // Optional: see `metricsContainer`.
  metrics: true,
  variables: {
    SERVER_APPENDFSYNC: "${var.appendfsync}",
    SERVER_MAXMEMORY: "${local.maxmemory}",
    SERVER_MAXMEMORY_POLICY: "${var.maxmemory_policy}",
    SERVER_MODULES: "${var.modules}",
    SERVER_PARAMETERS: "${local.parameters}",
  },
  // Terraform's timeouts, which depend on these times, must be literals. So they suffice for the longest times, and
  // `replacements` has the actual ones.
  healthCheck: longestTimes,
};

function redisStack(): ModuleStack {
  const stack = new ModuleStack("redis");
  const fileSystem = new FileSystem(stack, "storage", {
    config: { path: "${local.file_system_path}", kmsKeyArn: "${var.kms_key_arn}" },
    settings: moduleSettings,
    name,
    owner: redisUser,
    network: existingNetwork({
      vpcId: "${var.vpc_id}",
      privateSubnetIds: ["${each.value}"],
    }),
    cluster: moduleCluster,
  });
  const passwords = new RedisPasswords(stack, "password", {
    name: `${name}-password`,
    rotation: {
      // Unused: the output `password_secret_arn` has the password in use.
      inUse: "a",
      draws: { a: numberOf("local.password_draws_a"), b: numberOf("local.password_draws_b") },
    },
    isProtected: false,
  });
  const discovery = new Discovery(stack, "discovery", {
    config: { id: "${var.namespace.id}", name: namespace, vpcId: "${var.namespace.vpc_id}" },
    namespace,
    network: existingNetwork({ vpcId: "${var.vpc_id}", privateSubnetIds: [] }),
    isProtected: false,
  });
  new RedisService(stack, "redis", {
    redis,
    settings: moduleSettings,
    names,
    cluster: moduleCluster,
    discovery: discovery.service("redis", name, numberOf("var.dns_ttl")),
    fileSystem,
    passwords,
  });
  for (const each of stack.node.findAll()) {
    if (each instanceof EcsService) serviceOfModule(each);
    if (each instanceof SecretsmanagerSecret)
      each.recoveryWindowInDays = numberOf("var.secret_recovery_window_days");
  }
  redisModuleAlarms(stack, fileSystem.fileSystemId);
  return stack;
}

/** The container `metrics`, which exists only with `var.metrics`, in the container definitions. */
function metricsContainer(): string {
  const { resource } = redisStack().toModule();
  const task = resource["aws_ecs_task_definition"]?.["redis_task_definition"];
  const definitions = String(task?.["container_definitions"]);
  return definitions.slice(definitions.indexOf(',{"name":"metrics"'), -1);
}

const locals = {
  ...execLocals,
  ...locationLocals("aws_cloudwatch_log_group.redis_log"),
  // The new or the existing file system.
  file_system_id:
    "${var.file_system == null ? one(aws_efs_file_system.storage_efs[*].id) : var.file_system.id}",
  file_system_path: '${var.file_system == null ? "/redis" : var.file_system.path}',
  // The steps of the rotation, as in `passwordRotation`.
  password_redraws: "${floor((var.password_version - 1) / 2)}",
  password_draws_a: "${1 + floor((local.password_redraws + 1) / 2)}",
  password_draws_b: "${1 + floor(local.password_redraws / 2)}",
  password_secret_arn:
    "${floor(var.password_version / 2) % 2 == 0 ? aws_secretsmanager_secret.password_secret.arn : aws_secretsmanager_secret.password_secret_b.arn}",
  maxmemory: `\${floor(var.memory * ${dataPercent} / 100)}mb`,
  metrics_container: `\${var.metrics ? ${JSON.stringify(metricsContainer())} : ""}`,
  parameters: '${join(" ", [for key, value in var.parameters : "--${key} ${value}"])}',
};

const replacements = {
  ...execStatements,
  ...execContainers,
  [metricsContainer()]: "${local.metrics_container}",
  [timesIn(longestTimes)]: timesIn({
    interval: "${var.health_check.interval}",
    timeout: "${var.health_check.timeout}",
    retries: "${var.health_check.retries}",
  }),
  "${aws_efs_file_system.storage_efs.id}": "${local.file_system_id}",
  "${aws_security_group.storage_security_group.id}":
    "${aws_security_group.storage_security_group[0].id}",
};

/** Redis as a service with all its resources. */
export const redisModule: ModuleDefinition = {
  name: "redis",
  ...redisPage,
  inputs: redisInputs,
  stack: redisStack,
  locals,
  counts: fileSystemCounts,
  forEach: mountTargets,
  replacements,
  outputs: outputs(),
};

function outputs(): Outputs {
  const secrets = [
    "${aws_secretsmanager_secret.password_secret.arn}",
    "${aws_secretsmanager_secret.password_secret_b.arn}",
  ];
  return {
    url: {
      value: names.redisUrl,
      description: "The app's REDIS_URL, without a password: `redis+srv://<name>.<namespace>`",
    },
    srv_name: {
      value: `${name}.${namespace}`,
      description: "SRV name of Redis",
    },
    password_secret_arn: {
      value: "${local.password_secret_arn}",
      description:
        "Secret with the password in use, for REDIS_PASSWORD in the secrets of the app's container",
    },
    client_policy_json: {
      value: policyDocument(discover(namespace, name)),
      description: "Policy for the app's task role. It allows the app to query Cloud Map for Redis",
    },
    execution_policy_json: {
      value: policyDocument(...readSecrets(secrets)),
      description: "Policy for the app's execution role. It allows ECS to read both passwords",
    },
    security_group_id: {
      value: "${var.host_security_group_id}",
      description:
        "Security group of Redis, which is the hosts'. It must allow clients with other security groups on the hosts' dynamic ports",
    },
    file_system_security_group_id: {
      value: "${one(aws_security_group.storage_security_group[*].id)}",
      description: "Security group of the mount targets; null with an existing file system",
    },
    file_system_id: {
      value: "${local.file_system_id}",
      description: "File system with Redis' data, for a backup plan",
    },
    access_point_arn: {
      value: "${aws_efs_access_point.storage_access_point.arn}",
      description: "ARN of the access point of Redis' folder",
    },
    access_point_id: {
      value: "${aws_efs_access_point.storage_access_point.id}",
      description: "Access point of Redis' folder",
    },
    ...roleOutputs("redis_roles", {
      execution: "Execution role of Redis, which reads the passwords",
      task: "Task role of Redis, which mounts the file system",
    }),
    ...serviceOutputs("redis", "aws_service_discovery_service.discovery_redis"),
  };
}
