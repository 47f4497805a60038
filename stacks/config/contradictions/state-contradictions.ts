import type { Contradiction } from "./contradiction.ts";

/** Rules about environments that need a state in S3. */
export const stateContradictions: readonly Contradiction[] = [
  {
    path: ["state"],
    allowed:
      'with protected: true, a state in S3, { kind: "s3", bucket: "..." }: ' +
      "a local file is lost with its machine",
    holds: (environment) => !environment.protected || "bucket" in environment.state,
  },
];
