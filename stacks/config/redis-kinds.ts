import type { ElastiCacheConfig } from "./elasticache-schema.ts";
import type { RedisServiceConfig } from "./redis-schema.ts";
import type { EnvironmentFields } from "./environment-schema.ts";

type WithRedis = Pick<EnvironmentFields, "redis">;

/** Redis as a service, in `redis` or `redis.beside`; undefined if the environment has none. */
export function serviceOf({ redis }: WithRedis): RedisServiceConfig | undefined {
  if (redis.kind === "service") return redis;
  return redis.kind === "elasticache" ? redis.beside : undefined;
}

/** Redis on ElastiCache, in `redis` or `redis.beside`; undefined if the environment has none. */
export function elastiCacheOf({ redis }: WithRedis): ElastiCacheConfig | undefined {
  if (redis.kind === "elasticache") return redis;
  return redis.kind === "service" ? redis.beside : undefined;
}

/** Whether an environment has services in a namespace. */
export function needsNamespace(
  environment: Pick<EnvironmentFields, "redis" | "services">,
): boolean {
  return serviceOf(environment) !== undefined || Object.keys(environment.services).length > 0;
}
