import type { Contradiction } from "./contradiction.ts";
import { elastiCacheOf } from "../redis-kinds.ts";

/** Rules about environments that need a state in S3. */
export const stateContradictions: readonly Contradiction[] = [
  {
    path: ["state"],
    allowed:
      'with protected: true, a state in S3, { kind: "s3", bucket: "..." }: ' +
      "a local file is lost with its machine",
    holds: (environment) => !environment.protected || "bucket" in environment.state,
  },
  {
    path: ["state"],
    allowed:
      'with redis.kind elasticache, a state in S3, { kind: "s3", bucket: "..." }, which is encrypted: ' +
      "the state contains the password of ElastiCache",
    holds: (environment) =>
      elastiCacheOf(environment) === undefined || "bucket" in environment.state,
  },
];
