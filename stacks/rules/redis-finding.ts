import { finding } from "./rule.ts";
import type { RedisTask } from "./tasks.ts";
import { at, texts } from "./template.ts";

/** A finding in the container of Redis. */
export function inRedis(
  { definition, redis }: RedisTask,
  field: string,
  got = at(redis.body, field),
) {
  return finding(definition, `${redis.field}.${field}`, got);
}

/** The health check of Redis, as one text. */
export function healthCheckOf({ redis }: RedisTask): string {
  return texts(at(redis.body, "healthCheck.command")).join(" ");
}
