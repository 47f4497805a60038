import type { Environment } from "./environment-schema.ts";

/** Resource names that are derived from an environment. */
export interface Names {
  /** ECS cluster. */
  readonly cluster: string;
  /** Cloud Map namespace, also the DNS zone. */
  readonly namespace: string;
  /** ECS service and Cloud Map service of Redis. */
  readonly redis: string;
  /** ECS service of the app. */
  readonly app: string;
  /** The SRV name of Redis: `[service].[namespace]`. */
  readonly srvName: string;
  /** `redis+srv://` and the SRV name. */
  readonly redisUrl: string;
  /** ECS service and Cloud Map service of another service. */
  readonly service: (name: string) => string;
  /** Task family of a task without a service, and its schedule. */
  readonly task: (name: string) => string;
  /** Dead-letter queue of schedules that could not start their task. */
  readonly deadLetters: string;
  /** Log group of a service. */
  readonly logGroup: (service: string) => string;
}

/**
 * Derives the names of an environment's parts. Without `namespace.name`, the namespace is `<name>-ecs`.
 *
 * @throws none
 * @example
 * const ofTools = namesOf({ name: "tools", namespace: {} });
 * console.log(ofTools.srvName); // tools-redis.tools-ecs
 */
export function namesOf(environment: Pick<Environment, "name" | "namespace">): Names {
  const { name } = environment;
  const namespace = environment.namespace.name ?? `${name}-ecs`;
  const redis = `${name}-redis`;
  const srvName = `${redis}.${namespace}`;
  return {
    cluster: name,
    namespace,
    redis,
    app: `${name}-app`,
    srvName,
    redisUrl: `redis+srv://${srvName}`,
    service: (service) => `${name}-${service}`,
    task: (task) => `${name}-${task}`,
    deadLetters: `${name}-tasks-not-started`,
    logGroup: (service) => `/ecs/${name}/${service}`,
  };
}
