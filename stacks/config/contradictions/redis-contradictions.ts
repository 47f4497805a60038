import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";
import { elastiCacheOf, needsNamespace, serviceOf } from "../redis-kinds.ts";

function leftOut(what: string, instead: string) {
  return ({ redis }: EnvironmentFields): string =>
    `not set with redis.kind ${redis.kind}: ${what}; ${instead}`;
}

/** Rules about Redis on ElastiCache and external Redis. */
export const redisContradictions: readonly Contradiction[] = [
  {
    path: ["fileSystem"],
    allowed: leftOut("Redis has no data on EFS", "remove fileSystem, or set redis.kind to service"),
    holds: (environment) =>
      serviceOf(environment) !== undefined || environment.fileSystem === undefined,
  },
  {
    path: ["backup"],
    allowed: leftOut(
      "there is no file system to back up",
      "remove backup; ElastiCache keeps snapshots for redis.snapshotRetentionDays",
    ),
    holds: (environment) => serviceOf(environment) !== undefined || !environment.backup,
  },
  {
    path: ["namespace"],
    allowed: leftOut("no service needs a namespace", "remove namespace"),
    holds: (environment) => needsNamespace(environment) || environment.namespace.name === undefined,
  },
  ...[["redis"], ["redis", "beside"]].flatMap((path): Contradiction[] => [
    {
      path: [...path, "snapshotRetentionDays"],
      allowed: "1 day or more with protected: true",
      holds: (environment) =>
        !environment.protected || elastiCacheAt(path, environment)?.snapshotRetentionDays !== 0,
    },
    {
      path: [...path, "kmsKeyArn"],
      allowed: ({ region }) => `an ARN in ${region}, the environment's region`,
      holds: (environment) => {
        const key = elastiCacheAt(path, environment)?.kmsKeyArn;
        return key === undefined || key.split(":")[3] === environment.region;
      },
    },
  ]),
];

/** The ElastiCache settings in `redis` or `redis.beside`. */
function elastiCacheAt(path: readonly string[], environment: EnvironmentFields) {
  const isOwn = environment.redis.kind === "elasticache";
  return isOwn === (path.length === 1) ? elastiCacheOf(environment) : undefined;
}
