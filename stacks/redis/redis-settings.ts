import type { Statement } from "../aws/policy.ts";
import { pulledImage } from "../config/image-mirror.ts";
import type { HealthCheckTimes } from "../config/redis-health-schema.ts";
import { majorVersionOf, type RedisServiceConfig } from "../config/redis-schema.ts";
import { pullThrough } from "./pull-through.ts";

/**
 * Environment variables that `start.sh` reads. With these, the scripts are the same for every Redis, and
 * for the Terraform module.
 */
export interface RedisVariables extends Readonly<Record<string, string>> {
  readonly SERVER_APPENDFSYNC: string;
  /** Limit of the data, for example `384mb`. */
  readonly SERVER_MAXMEMORY: string;
  readonly SERVER_MAXMEMORY_POLICY: string;
  /** `true`: the server loads the modules of its image. */
  readonly SERVER_MODULES: string;
  /** Additional command-line options of the server. */
  readonly SERVER_PARAMETERS: string;
}

/** Settings of Redis as a service. */
export interface RedisSettings {
  /** Image that hosts pull. */
  readonly image: string;
  /** Additional statements for pulling it. */
  readonly pulled: readonly Statement[];
  /** In MiB. */
  readonly memory: number;
  readonly cpu: number;
  readonly majorVersion: number;
  /** Whether no task runs. */
  readonly stopped: boolean;
  /** Whether a second container writes metrics to the log. */
  readonly metrics: boolean;
  readonly variables: RedisVariables;
  readonly healthCheck: HealthCheckTimes;
}

export function redisSettings(config: RedisServiceConfig): RedisSettings {
  const { memory, cpu, metrics, stopped, healthCheck } = config;
  return {
    image: pulledImage(config),
    pulled: pullThrough(config.imageMirror),
    memory,
    cpu,
    majorVersion: majorVersionOf(config),
    metrics,
    stopped,
    variables: variablesOf(config),
    healthCheck,
  };
}

function variablesOf(config: RedisServiceConfig): RedisVariables {
  return {
    SERVER_APPENDFSYNC: config.appendfsync,
    SERVER_MAXMEMORY: `${Math.floor((config.memory * config.maxmemoryPercent) / 100)}mb`,
    SERVER_MAXMEMORY_POLICY: config.maxmemoryPolicy,
    SERVER_MODULES: String(config.modules),
    SERVER_PARAMETERS: Object.entries(config.parameters)
      .map(([name, value]) => `--${name} ${value}`)
      .join(" "),
  };
}
