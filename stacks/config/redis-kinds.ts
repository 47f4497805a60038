import type { RedisServiceConfig } from "./redis-schema.ts";
import type { EnvironmentFields } from "./environment-schema.ts";

type WithRedis = Pick<EnvironmentFields, "redis">;

/** Redis as a service; undefined if it is external. */
export function serviceOf({ redis }: WithRedis): RedisServiceConfig | undefined {
  return redis.kind === "service" ? redis : undefined;
}

/** Whether an environment has services in a namespace. */
export function needsNamespace(
  environment: Pick<EnvironmentFields, "redis" | "services">,
): boolean {
  return serviceOf(environment) !== undefined || Object.keys(environment.services).length > 0;
}
