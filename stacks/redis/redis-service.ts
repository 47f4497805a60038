import type { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import type { ServiceDiscoveryService } from "@cdktf/provider-aws/lib/service-discovery-service/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Statement } from "../aws/policy.ts";
import type { ClusterParts } from "../cluster/cluster.ts";
import type { ServiceSettings } from "../config/environment-schema.ts";
import type { Names } from "../config/names.ts";
import { discover } from "../discovery/discovery.ts";
import { registeredService } from "../discovery/registered-service.ts";
import { taskDefinition } from "../ecs/task-definition.ts";
import { TaskRoles } from "../ecs/task-roles.ts";
import type { FileSystem } from "./file-system.ts";
import {
  dataDirectory,
  healthScript,
  metricsScript,
  redisOpenFiles,
  redisPort,
  redisTimes,
  redisUser,
  startScript,
} from "./redis-container.ts";
import { deployTimeout, redisRestartPolicy } from "./redis-restarts.ts";
import type { RedisParts } from "./redis-parts.ts";
import type { RedisPasswords } from "./redis-passwords.ts";
import type { RedisSettings } from "./redis-settings.ts";

export type RedisNames = Pick<Names, "redis" | "namespace" | "redisUrl" | "logGroup">;

export interface RedisServiceProps {
  readonly redis: RedisSettings;
  readonly settings: ServiceSettings;
  readonly names: RedisNames;
  readonly cluster: ClusterParts;
  readonly discovery: ServiceDiscoveryService;
  readonly fileSystem: FileSystem;
  readonly passwords: RedisPasswords;
}

export const redisContainer = "redis";

/** The folder of Redis' data as a task volume. */
export function dataVolume({ fileSystemId, accessPointId }: FileSystem) {
  return {
    name: "data",
    efsVolumeConfiguration: {
      fileSystemId,
      // Access points and IAM require TLS. The access point sets the folder.
      transitEncryption: "ENABLED",
      authorizationConfig: { accessPointId, iam: "ENABLED" },
    },
  };
}

/** Redis as a separate ECS service, which app deploys do not change. */
export class RedisService extends Construct implements RedisParts {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly readable: readonly string[];
  readonly allowed: readonly Statement[];
  readonly dependencies: readonly ITerraformDependable[];
  readonly roles: TaskRoles;

  constructor(scope: Construct, id: string, props: RedisServiceProps) {
    super(scope, id);
    const { redis, settings, names, cluster, fileSystem, passwords } = props;
    this.roles = new TaskRoles(this, "roles", {
      name: names.redis,
      settings,
      execLogGroup: cluster.execLogGroup,
      secrets: passwords.secretArns,
      pulled: redis.pulled,
      allowed: [fileSystem.access],
    });
    this.dependencies = [...passwords.dependencies, this.service(props, this.roles)];
    this.variables = { REDIS_URL: names.redisUrl };
    this.secrets = { REDIS_PASSWORD: passwords.inUse.secretArn };
    this.readable = passwords.secretArns;
    this.allowed = [discover(names.namespace, names.redis)];
  }

  private service(props: RedisServiceProps, roles: TaskRoles): EcsService {
    const { redis, settings, names, cluster, discovery, fileSystem, passwords } = props;
    const timeout = deployTimeout(redis.healthCheck);
    const registration = {
      registry: discovery,
      container: redisContainer,
      port: redisPort,
      mode: "bridge",
      records: "SRV",
    } as const;
    return registeredService(this, registration, {
      name: names.redis,
      cluster,
      definition: this.taskDefinition(props, roles),
      exec: settings.exec,
      ...oneWriter,
      desiredCount: redis.stopped ? 0 : 1,
      timeouts: { create: timeout, update: timeout },
      dependencies: [
        ...cluster.dependencies,
        ...fileSystem.dependencies,
        ...fileSystem.allowOnly(roles.taskRoleArn),
        ...roles.dependencies,
        ...passwords.dependencies,
      ],
    });
  }

  private taskDefinition(props: RedisServiceProps, roles: TaskRoles): EcsTaskDefinition {
    const { redis, settings, names, fileSystem } = props;
    return taskDefinition(this, {
      settings,
      family: names.redis,
      mode: "bridge",
      roles,
      logGroup: names.logGroup(redisContainer),
      containers: [containerProps(props), ...(redis.metrics ? [metricsProps(props)] : [])],
      volume: [dataVolume(fileSystem)],
      // Makes an upgrade visible in a plan.
      tags: { RedisMajorVersion: String(redis.majorVersion) },
    });
  }
}

/** Arguments for a service with a single task, because two servers must not share the data. */
const oneWriter = {
  // The old task stops before the new one starts. ECS does not guarantee this, so there is also the writer lock.
  deploymentMinimumHealthyPercent: 0,
  deploymentMaximumPercent: 100,
  // Redis heals by itself: ECS starts tasks until one stays healthy, for example while EFS is away. A circuit breaker
  // would stop after three, and Redis would be down until the next deploy. Alarms and notices reach a person.
  deploymentCircuitBreaker: { enable: false, rollback: false },
  // It is on by default for new services, but requires a maximum above 100 percent.
  availabilityZoneRebalancing: "DISABLED",
};

function containerProps({ redis, settings, fileSystem, passwords }: RedisServiceProps) {
  const { a, b, draws } = passwords;
  return {
    name: redisContainer,
    image: redis.image,
    memory: redis.memory,
    cpu: redis.cpu,
    port: redisPort,
    command: ["sh", "-c", startScript],
    user: `${redisUser.uid}:${redisUser.gid}`,
    // A task keeps the secret values from its start, so a new password must cause a new task.
    variables: { ...redis.variables, REDIS_PASSWORD_DRAWS: draws },
    secrets: {
      REDIS_PASSWORD: a.secretArn,
      REDIS_PASSWORD_B: b.secretArn,
      // For redis-cli, in the health check and for people in the container. As long as the task runs, even after a
      // restart inside it, the server accepts the password that the task was started with.
      REDISCLI_AUTH: a.secretArn,
    },
    mounts: { [dataVolume(fileSystem).name]: dataDirectory },
    healthCheck: {
      shell: healthScript,
      ...redis.healthCheck,
      startPeriod: redisTimes.startPeriod,
    },
    restartPolicy: redisRestartPolicy,
    stopTimeout: redisTimes.stopTimeout,
    // Redis writes only to its mount, but the agent of ECS Exec writes to other folders.
    readonlyRootFilesystem: !settings.exec,
    openFiles: redisOpenFiles,
  };
}

/** The container that writes Redis' metrics to the log. */
function metricsProps({ redis, names, passwords }: RedisServiceProps) {
  return {
    name: "metrics",
    image: redis.image,
    essential: false,
    links: [redisContainer],
    memory: 32,
    cpu: 32,
    command: ["sh", "-c", metricsScript],
    user: `${redisUser.uid}:${redisUser.gid}`,
    variables: { SERVICE_NAME: names.redis },
    secrets: { REDISCLI_AUTH: passwords.a.secretArn },
    restartPolicy: { ...redisRestartPolicy, ignoredExitCodes: [] },
    stopTimeout: 2,
    readonlyRootFilesystem: true,
  };
}
