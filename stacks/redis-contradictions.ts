import type { EnvironmentFields } from "./config-schema.ts";
import type { Contradiction } from "./contradictions.ts";

/** What does not go together with a Redis that is no service of ECS. */

function isService({ redis }: EnvironmentFields): boolean {
  return redis.kind === "service";
}

function leftOut(what: string, instead: string) {
  return ({ redis }: EnvironmentFields): string =>
    `left out with redis.kind ${redis.kind}: ${what}; ${instead}`;
}

export const redisContradictions: readonly Contradiction[] = [
  {
    path: ["state"],
    allowed:
      'with redis.kind elasticache a state in S3, { kind: "s3", bucket: "..." }, which is encrypted: ' +
      "the password of ElastiCache gets into it",
    holds: ({ redis, state }) => redis.kind !== "elasticache" || "bucket" in state,
  },
  {
    path: ["fileSystem"],
    allowed: leftOut(
      "no data of Redis is on EFS",
      "remove fileSystem, or set redis.kind to service",
    ),
    holds: (environment) => isService(environment) || environment.fileSystem === undefined,
  },
  {
    path: ["backup"],
    allowed: leftOut(
      "there is no file system to back up",
      "remove backup; ElastiCache keeps snapshots for redis.snapshotRetentionDays",
    ),
    holds: (environment) => isService(environment) || !environment.backup,
  },
  {
    path: ["namespace"],
    allowed: leftOut("nothing is found through a namespace", "remove namespace"),
    holds: (environment) => needsNamespace(environment) || environment.namespace.name === undefined,
  },
  {
    path: ["redis", "snapshotRetentionDays"],
    allowed: "1 day or more with protected: true",
    holds: ({ redis, protected: isProtected }) =>
      !isProtected || redis.kind !== "elasticache" || redis.snapshotRetentionDays > 0,
  },
  {
    path: ["redis", "kmsKeyArn"],
    allowed: ({ region }) => `the ARN of one in ${region}, the region of the rest`,
    holds: ({ redis, region }) =>
      redis.kind !== "elasticache" ||
      redis.kmsKeyArn === undefined ||
      redis.kmsKeyArn.split(":")[3] === region,
  },
];

/** Whether something of an environment is found in a namespace. */
export function needsNamespace({
  redis,
  services,
}: Pick<EnvironmentFields, "redis" | "services">): boolean {
  return redis.kind === "service" || Object.keys(services).length > 0;
}
