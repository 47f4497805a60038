import type { Statement } from "../aws/policy.ts";
import { pulledImage } from "../config/image-mirror.ts";
import { dataPercent } from "../config/redis-fields.ts";
import type { HealthCheckTimes } from "../config/redis-health-schema.ts";
import { majorVersionOf, type RedisServiceConfig } from "../config/redis-schema.ts";
import { pullThrough } from "./pull-through.ts";

/**
 * Environment variables that the container's command and health check read. With these, the scripts are the same for
 * every Redis, and a Terraform module can pass its inputs.
 */
export interface RedisVariables extends Readonly<Record<string, string>> {
  readonly SERVER_APPENDFSYNC: string;
  /** Limit of the data, for example `384mb`. */
  readonly SERVER_MAXMEMORY: string;
  readonly SERVER_MAXMEMORY_POLICY: string;
  /** Major version to which the data may be upgraded. */
  readonly SERVER_MAJOR_VERSION: string;
  /** Service name for metrics; empty to report none. */
  readonly SERVER_METRICS: string;
  /** `false`: the server does not load the modules of its image. */
  readonly SERVER_MODULES: string;
  /** Additional command-line options of the server. */
  readonly SERVER_PARAMETERS: string;
}

/** Settings of Redis as a service. All values except the times may be tokens, because they are only passed on. */
export interface RedisSettings {
  /** Image that hosts pull. */
  readonly image: string;
  /** Additional statements for pulling it. */
  readonly pulled: readonly Statement[];
  /** In MiB. */
  readonly memory: number;
  readonly cpu: number;
  readonly majorVersion: number;
  readonly variables: RedisVariables;
  readonly healthCheck: HealthCheckTimes;
}

/** @param service name of the ECS service, for metrics */
export function redisSettings(config: RedisServiceConfig, service: string): RedisSettings {
  const { memory, cpu, healthCheck } = config;
  return {
    image: pulledImage(config),
    pulled: pullThrough(config.imageMirror),
    memory,
    cpu,
    majorVersion: majorVersionOf(config),
    variables: variablesOf(config, service),
    healthCheck,
  };
}

function variablesOf(config: RedisServiceConfig, service: string): RedisVariables {
  return {
    SERVER_APPENDFSYNC: config.appendfsync,
    SERVER_MAXMEMORY: `${Math.floor((config.memory * dataPercent) / 100)}mb`,
    SERVER_MAXMEMORY_POLICY: config.maxmemoryPolicy,
    SERVER_MAJOR_VERSION: String(majorVersionOf(config)),
    SERVER_METRICS: config.metrics ? service : "",
    SERVER_MODULES: String(config.modules),
    SERVER_PARAMETERS: Object.entries(config.parameters)
      .map(([name, value]) => `--${name} ${value}`)
      .join(" "),
  };
}
