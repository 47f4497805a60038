import type { Environment } from "./environment-schema.ts";

/** The names that are derived from an environment. */
export interface Names {
  readonly cluster: string;
  /** Cloud Map namespace, also the DNS zone. */
  readonly namespace: string;
  /** ECS service and Cloud Map service of Redis. */
  readonly redis: string;
  /** For ElastiCache, which refuses two hyphens in a row. */
  readonly replicationGroup: string;
  readonly app: string;
  /** What a dialer looks up: `[service].[namespace]`. */
  readonly srvName: string;
  readonly redisUrl: string;
  /** ECS service and Cloud Map service of another service. */
  readonly service: (name: string) => string;
  /** Task family of a task without a service, and its schedule. */
  readonly task: (name: string) => string;
  readonly deadLetters: string;
  readonly logGroup: (service: string) => string;
}

export function namesOf(environment: Pick<Environment, "name" | "namespace">): Names {
  const { name } = environment;
  const namespace = environment.namespace.name ?? `${name}-ecs`;
  const redis = `${name}-redis`;
  const srvName = `${redis}.${namespace}`;
  return {
    cluster: name,
    namespace,
    redis,
    replicationGroup: redis.replaceAll(/-+/g, "-"),
    app: `${name}-app`,
    srvName,
    redisUrl: `redis+srv://${srvName}`,
    service: (service) => `${name}-${service}`,
    task: (task) => `${name}-${task}`,
    deadLetters: `${name}-tasks-not-started`,
    logGroup: (service) => `/ecs/${name}/${service}`,
  };
}
