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
  redisCommand,
  redisOpenFiles,
  redisPort,
  redisTimes,
  redisUser,
} from "./redis-container.ts";
import { deployTimeout, redisRestartPolicy } from "./redis-life.ts";
import { redisHealthCheck } from "./redis-health-check.ts";
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

/** The folder of Redis' data, as a volume of a task. */
export function dataVolume({ fileSystemId, accessPointId }: FileSystem) {
  return {
    name: "data",
    efsVolumeConfiguration: {
      fileSystemId,
      // An access point and IAM both need TLS; the access point says which folder.
      transitEncryption: "ENABLED",
      authorizationConfig: { accessPointId, iam: "ENABLED" },
    },
  };
}

/** Redis as an ECS service of its own: app deploys do not touch it. */
export class RedisService extends Construct implements RedisParts {
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly readable: readonly string[];
  readonly allowed: readonly Statement[];
  readonly dependencies: readonly ITerraformDependable[];
  readonly roles: TaskRoles;

  constructor(scope: Construct, id: string, props: RedisServiceProps) {
    super(scope, id);
    const { redis, settings, names, fileSystem, passwords } = props;
    this.roles = new TaskRoles(this, "roles", {
      name: names.redis,
      settings,
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
      container: containerProps(props),
      volume: [dataVolume(fileSystem)],
      // In a plan, an upgrade stands out from other changes of an image.
      tags: { RedisMajorVersion: String(redis.majorVersion) },
    });
  }
}

/** The arguments of a service that has one task: two servers must not share the data. */
const oneWriter = {
  desiredCount: 1,
  // The old task stops before the new one starts. ECS does not promise it, so there is the writer lock.
  deploymentMinimumHealthyPercent: 0,
  deploymentMaximumPercent: 100,
  // A release that never becomes healthy fails, instead of being tried without end. It is not taken back: a
  // rollback could hand a newer version's file to an older Redis, which cannot read it.
  deploymentCircuitBreaker: { enable: true, rollback: false },
  // On by default for new services, and it needs a maximum above 100 percent.
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
    command: redisCommand(),
    user: `${redisUser.uid}:${redisUser.gid}`,
    // A task keeps the values that its secrets had when it started: another draw needs another task.
    variables: { ...redis.variables, REDIS_PASSWORD_DRAWS: draws },
    secrets: {
      REDIS_PASSWORD: a.secretArn,
      REDIS_PASSWORD_B: b.secretArn,
      // Where redis-cli looks, in the health check and for a person in the container. The server accepts
      // what it was started with as long as it runs, also when it is restarted in its task.
      REDISCLI_AUTH: a.secretArn,
    },
    mounts: { [dataVolume(fileSystem).name]: dataDirectory },
    healthCheck: {
      shell: redisHealthCheck(),
      ...redis.healthCheck,
      startPeriod: redisTimes.startPeriod,
    },
    restartPolicy: redisRestartPolicy,
    stopTimeout: redisTimes.stopTimeout,
    // Redis writes to its mount alone; the agent of ECS Exec would write elsewhere.
    readonlyRootFilesystem: !settings.exec,
    openFiles: redisOpenFiles,
  };
}
