// Validates single parts of an environment, for projects with their own stacks.

import type { z } from "zod";
import { ConfigError } from "./config-error.ts";
import { problemsOf } from "./config-problems.ts";
import { redisSchema } from "./redis-schema.ts";
import { type ServiceConfig, serviceSchema } from "./services-schema.ts";
import type { Environment } from "./environment-schema.ts";

/**
 * Validates the `redis` of an environment and fills in its defaults.
 *
 * @param name name for error messages
 * @param input the fields: docs/environments.md
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with all problems found
 * @example
 * const redis = parseRedis("redis", { memory: 1024 });
 * console.log(redis.kind); // service
 */
export function parseRedis(name: string, input: unknown): Environment["redis"] {
  return parsePart(name, redisSchema, input);
}

/**
 * Validates one of the `services` of an environment and fills in its defaults.
 *
 * @param name name for error messages
 * @param input the fields: docs/environments.md
 * @throws {ConfigError} `ERR_CONFIG_INVALID` with all problems found
 * @example
 * const service = parseService("search", { image: "example.com/search:2.1.0", port: 9200 });
 * console.log(service.records); // SRV
 */
export function parseService(name: string, input: unknown): ServiceConfig {
  return parsePart(name, serviceSchema, input);
}

function parsePart<Output>(name: string, schema: z.ZodType<Output>, input: unknown): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw ConfigError.invalid(problemsOf("", input, result.error.issues), name);
}
