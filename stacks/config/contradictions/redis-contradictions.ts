import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";
import { needsNamespace, serviceOf } from "../redis-kinds.ts";

function leftOut(what: string, instead: string) {
  return ({ redis }: EnvironmentFields): string =>
    `not set with redis.kind ${redis.kind}: ${what}; ${instead}`;
}

/** Rules about an external Redis. */
export const redisContradictions: readonly Contradiction[] = [
  {
    path: ["fileSystem"],
    allowed: leftOut("Redis has no data on EFS", "remove fileSystem, or set redis.kind to service"),
    holds: (environment) =>
      serviceOf(environment) !== undefined || environment.fileSystem === undefined,
  },
  {
    path: ["backup"],
    allowed: leftOut("there is no file system to back up", "remove backup"),
    holds: (environment) => serviceOf(environment) !== undefined || !environment.backup,
  },
  {
    path: ["namespace"],
    allowed: leftOut("no service needs a namespace", "remove namespace"),
    holds: (environment) => needsNamespace(environment) || environment.namespace.name === undefined,
  },
];
