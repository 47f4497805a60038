import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";
import { elastiCacheOf, needsNamespace, serviceOf } from "../redis-kinds.ts";

function leftOut(what: string, instead: string) {
  return ({ redis }: EnvironmentFields): string =>
    `left out with redis.kind ${redis.kind}: ${what}; ${instead}`;
}

/** What contradicts Redis on ElastiCache or an external Redis. */
export const redisContradictions: readonly Contradiction[] = [
  {
    path: ["fileSystem"],
    allowed: leftOut(
      "no data of Redis is on EFS",
      "remove fileSystem, or set redis.kind to service",
    ),
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
    allowed: leftOut("nothing is found through a namespace", "remove namespace"),
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
      allowed: ({ region }) => `the ARN of one in ${region}, the region of the rest`,
      holds: (environment) => {
        const key = elastiCacheAt(path, environment)?.kmsKeyArn;
        return key === undefined || key.split(":")[3] === environment.region;
      },
    },
  ]),
];

/** ElastiCache at a path: `redis` itself, or `redis.beside`. */
function elastiCacheAt(path: readonly string[], environment: EnvironmentFields) {
  const isOwn = environment.redis.kind === "elasticache";
  return isOwn === (path.length === 1) ? elastiCacheOf(environment) : undefined;
}
