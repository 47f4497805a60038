import { TerraformOutput, type TerraformStack } from "cdktf";
import type { ClusterParts } from "../cluster/cluster.ts";
import { ensureDefined } from "../config/ensure-defined.ts";
import type { RedisServiceConfig } from "../config/redis-schema.ts";
import { defaultFileSystem } from "../config/file-system-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { externalRedis } from "./external-redis.ts";
import { FileSystem } from "./file-system.ts";
import type { Names } from "../config/names.ts";
import { runCommand } from "../ecs/run-command.ts";
import type { TaskRoles } from "../ecs/task-roles.ts";
import type { NetworkParts } from "../network/network.ts";
import { passwordRotation } from "./password-rotation.ts";
import { checkFileScript, redisUser } from "./redis-container.ts";
import type { RedisParts } from "./redis-parts.ts";
import { RedisPasswords } from "./redis-passwords.ts";
import { RedisService, redisContainer } from "./redis-service.ts";
import { redisSettings } from "./redis-settings.ts";
import type { ServiceSettings } from "../config/environment-schema.ts";

/** Props of `makeRedis`. */
export interface RedisProps {
  /** Settings that all services share, and `redis`, the result of `parseRedis`. */
  readonly environment: ServiceSettings & Pick<Environment, "redis" | "fileSystem">;
  /** The result of `namesOf`. */
  readonly names: Names;
  /** Network of the file system. */
  readonly network: NetworkParts;
  /** Cluster that runs the tasks. */
  readonly cluster: ClusterParts;
  /** Namespace in which Redis is registered. Required if Redis is a service. */
  readonly discovery: Discovery | undefined;
}

/** The Redis of an environment, with the parts that alarms and the dashboard use. */
export interface Redis {
  /** Variables, secrets and statements for the app. */
  readonly parts: RedisParts;
  /** File system with the data. @default undefined if Redis is not a service */
  readonly fileSystem?: FileSystem;
  /** Roles of the tasks. @default undefined if Redis is not a service */
  readonly roles?: TaskRoles;
}

/**
 * Creates the Redis of an environment directly in its stack, so that resource addresses show its kind.
 *
 * @throws {TypeError} when Redis is a service and `discovery` is undefined
 * @throws {Error} when the stack already has a Redis
 * @example
 * const { parts } = makeRedis(stack, {
 *   environment: { ...settings, redis: parseRedis("redis", { memory: 1024 }) },
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
  return service(stack, redis, props);
}

function service(
  stack: TerraformStack,
  config: RedisServiceConfig,
  { environment, names, network, cluster, discovery }: RedisProps,
): Redis {
  const passwords = new RedisPasswords(stack, "password", {
    name: `${names.redis}-password`,
    rotation: passwordRotation(config.passwordVersion),
    isProtected: environment.protected,
  });
  const fileSystem = new FileSystem(stack, "storage", {
    config: environment.fileSystem ?? defaultFileSystem,
    settings: environment,
    name: names.redis,
    owner: redisUser,
    network,
    cluster,
  });
  const parts = new RedisService(stack, "redis", {
    redis: redisSettings(config),
    settings: environment,
    names,
    cluster,
    discovery: ensureDefined(discovery, "namespace for Redis").service(
      "redis",
      names.redis,
      config.dnsTtl,
    ),
    fileSystem,
    passwords,
  });
  new TerraformOutput(stack, "redis_srv_name", { value: names.srvName });
  // With Redis' own roles and mount.
  new TerraformOutput(stack, "redis_check", {
    value: runCommand({
      region: environment.region,
      cluster,
      family: names.redis,
      command: { container: redisContainer, words: ["sh", "-c", checkFileScript] },
    }),
  });
  return { parts, fileSystem, roles: parts.roles };
}
