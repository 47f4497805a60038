import type { Statement } from "../aws/policy.ts";
import { pulledImage } from "../config/image-mirror.ts";
import { dataPercent } from "../config/redis-fields.ts";
import type { HealthCheckTimes } from "../config/redis-health-schema.ts";
import { majorVersionOf, type RedisServiceConfig } from "../config/redis-schema.ts";
import { pullThrough } from "./pull-through.ts";

/**
 * What the command and the health check of the container read from its environment, so that their texts
 * are the same for every Redis: a Terraform module passes its inputs here.
 */
export interface RedisVariables extends Readonly<Record<string, string>> {
  readonly SERVER_APPENDFSYNC: string;
  /** Limit of the data, for example `384mb`. */
  readonly SERVER_MAXMEMORY: string;
  readonly SERVER_MAXMEMORY_POLICY: string;
  /** The version that data may be upgraded to. */
  readonly SERVER_MAJOR_VERSION: string;
  /** Name under which metrics are reported; empty: none are. */
  readonly SERVER_METRICS: string;
  /** `false`: the server does not load the modules that its image ships. */
  readonly SERVER_MODULES: string;
  /** Further options of the server's command line. */
  readonly SERVER_PARAMETERS: string;
}

/** A service of Redis. Each value but the times may be a token: it is passed on, and nothing is computed. */
export interface RedisSettings {
  /** What hosts pull. */
  readonly image: string;
  /** What pulling it needs beside the usual. */
  readonly pulled: readonly Statement[];
  /** MiB. */
  readonly memory: number;
  readonly cpu: number;
  readonly majorVersion: number;
  readonly variables: RedisVariables;
  readonly healthCheck: HealthCheckTimes;
}

/** @param service the ECS service's name, under which metrics are reported */
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
