import type { ElastiCacheConfig } from "./elasticache-schema.ts";
import type { RedisServiceConfig } from "./redis-schema.ts";
import type { EnvironmentFields } from "./environment-schema.ts";

type WithRedis = Pick<EnvironmentFields, "redis">;

/** The service of Redis that an environment has, as its own or beside it. */
export function serviceOf({ redis }: WithRedis): RedisServiceConfig | undefined {
  if (redis.kind === "service") return redis;
  return redis.kind === "elasticache" ? redis.beside : undefined;
}

/** The same of ElastiCache. */
export function elastiCacheOf({ redis }: WithRedis): ElastiCacheConfig | undefined {
  if (redis.kind === "elasticache") return redis;
  return redis.kind === "service" ? redis.beside : undefined;
}

/** Whether anything of an environment is found through a namespace: Redis as a service, or another service. */
export function needsNamespace(
  environment: Pick<EnvironmentFields, "redis" | "services">,
): boolean {
  return serviceOf(environment) !== undefined || Object.keys(environment.services).length > 0;
}
