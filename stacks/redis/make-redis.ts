import { TerraformOutput, type TerraformStack } from "cdktf";
import type { ClusterParts } from "../cluster/cluster.ts";
import { ensureDefined } from "../config/ensure-defined.ts";
import type { ElastiCacheConfig } from "../config/elasticache-schema.ts";
import type { RedisServiceConfig } from "../config/redis-schema.ts";
import { defaultFileSystem } from "../config/file-system-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { ElastiCache } from "./elasticache.ts";
import { externalRedis } from "./external-redis.ts";
import { FileSystem } from "./file-system.ts";
import type { Names } from "../config/names.ts";
import type { TaskRoles } from "../ecs/task-roles.ts";
import type { NetworkParts } from "../network/network.ts";
import { runCommand } from "../ecs/run-command.ts";
import { passwordRotation } from "./password-rotation.ts";
import { dataDirectory, redisUser } from "./redis-container.ts";
import type { RedisParts } from "./redis-parts.ts";
import { RedisPasswords } from "./redis-passwords.ts";
import { redisContainer, RedisService } from "./redis-service.ts";
import { redisSettings } from "./redis-settings.ts";
import { resetVersion } from "./redis-version-guard.ts";
import type { ServiceSettings } from "../config/environment-schema.ts";

/** Props of `makeRedis`. */
export interface RedisProps {
  /** What all services share, and under `redis` what `parseRedis` gives. */
  readonly environment: ServiceSettings & Pick<Environment, "redis" | "fileSystem">;
  /** What `namesOf` gives. */
  readonly names: Names;
  /** Where its file system or its nodes are. */
  readonly network: NetworkParts;
  /** Where its tasks run. */
  readonly cluster: ClusterParts;
  /** The namespace that it is found in. Defined if Redis is a service. */
  readonly discovery: Discovery | undefined;
  /** Security groups of the app. */
  readonly clientSecurityGroupIds: readonly string[];
}

/** An environment's Redis, and what alarms and the dashboard watch. */
export interface Redis {
  /** What an app needs. */
  readonly parts: RedisParts;
  /** Where its data are. @default undefined: it is no service */
  readonly fileSystem?: FileSystem;
  /** Its tasks' roles. @default undefined: it is no service */
  readonly roles?: TaskRoles;
  /** IDs of its nodes. @default undefined: it is not ElastiCache */
  readonly nodeIds?: readonly string[];
}

/**
 * Creates the Redis of an environment, directly in its stack: resource addresses show its kind.
 *
 * @throws {TypeError} when Redis is a service and `discovery` is undefined
 * @throws {Error} when the stack has a Redis already
 * @example
 * const { parts } = makeRedis(stack, {
 *   environment: { ...settings, redis: parseRedis("redis", { memory: 1024 }) },
 *   clientSecurityGroupIds: cluster.securityGroupIds,
 *   names,
 *   network,
 *   cluster,
 *   discovery,
 * });
 * console.log(parts.variables["REDIS_URL"]); // redis+srv://games-redis.games-ecs
 */
export function makeRedis(stack: TerraformStack, props: RedisProps): Redis {
  const { redis } = props.environment;
  if (redis.kind === "external") return { parts: externalRedis(redis, props.environment) };
  const both = passwords(stack, redis.passwordVersion, props);
  const [own, beside] =
    redis.kind === "service"
      ? [
          service(stack, redis, props, both),
          redis.beside && elastiCache(stack, redis.beside, props, both),
        ]
      : [
          elastiCache(stack, redis, props, both),
          redis.beside && service(stack, redis.beside, props, both),
        ];
  return beside === undefined ? own : withSecond(own, beside);
}

/** The app uses its own Redis, and gets the URL of the second one, so that its tasks can copy data. */
function withSecond(own: Redis, { parts: beside, ...watched }: Redis): Redis {
  const { REDIS_URL: url = "" } = beside.variables;
  const parts: RedisParts = {
    variables: { ...own.parts.variables, REDIS_BESIDE_URL: url },
    // The same passwords for both.
    secrets: own.parts.secrets,
    readable: own.parts.readable,
    allowed: [...own.parts.allowed, ...beside.allowed],
    dependencies: [...new Set([...own.parts.dependencies, ...beside.dependencies])],
  };
  return { ...watched, ...own, parts };
}

function service(
  stack: TerraformStack,
  config: RedisServiceConfig,
  { environment, names, network, cluster, discovery }: RedisProps,
  both: RedisPasswords,
): Redis {
  const fileSystem = new FileSystem(stack, "storage", {
    config: environment.fileSystem ?? defaultFileSystem,
    settings: environment,
    name: names.redis,
    owner: redisUser,
    network,
    cluster,
  });
  const parts = new RedisService(stack, "redis", {
    redis: redisSettings(config, names.redis),
    settings: environment,
    names,
    cluster,
    discovery: ensureDefined(discovery, "namespace for Redis").service(
      "redis",
      names.redis,
      config.dnsTtl,
    ),
    fileSystem,
    passwords: both,
  });
  new TerraformOutput(stack, "redis_srv_name", { value: names.srvName });
  new TerraformOutput(stack, "redis_reset_version", {
    value: resetCommand(environment.region, names.redis, cluster),
  });
  return { parts, fileSystem, roles: parts.roles };
}

/** How a person removes the record of the version: with the mount and the role of Redis' own task. */
function resetCommand(region: string, family: string, cluster: ClusterParts): string {
  const instead = { name: redisContainer, command: resetVersion(dataDirectory), memory: 64 };
  return runCommand({ region, cluster, family, instead });
}

function elastiCache(
  stack: TerraformStack,
  config: ElastiCacheConfig,
  { environment, names, network, clientSecurityGroupIds }: RedisProps,
  both: RedisPasswords,
): Redis {
  const parts = new ElastiCache(stack, "elasticache", {
    config,
    names,
    network,
    clientSecurityGroupIds,
    passwords: both,
    isProtected: environment.protected,
  });
  new TerraformOutput(stack, "redis_endpoint", { value: parts.endpoint });
  return { parts, nodeIds: parts.nodeIds };
}

/** The same for both kinds: a move from one to the other keeps the password. */
function passwords(
  stack: TerraformStack,
  step: number,
  { environment, names }: RedisProps,
): RedisPasswords {
  return new RedisPasswords(stack, "password", {
    name: `${names.redis}-password`,
    rotation: passwordRotation(step),
    isProtected: environment.protected,
  });
}
