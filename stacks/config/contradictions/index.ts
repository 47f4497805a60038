import type { z } from "zod";
import type { EnvironmentFields } from "../environment-schema.ts";
import { modeContradictions } from "./mode-contradictions.ts";
import { networkContradictions } from "./network-contradictions.ts";
import { operationContradictions } from "./operation-contradictions.ts";
import { redisContradictions } from "./redis-contradictions.ts";
import { serviceContradictions } from "./app-contradictions.ts";

/** Two fields of one environment, each valid by itself, that do not go together. */
export interface Contradiction {
  /** The field to change. */
  readonly path: readonly string[];
  /** What is allowed in it, given the others, and how to get there. */
  readonly allowed: string | ((environment: EnvironmentFields) => string);
  readonly holds: (environment: EnvironmentFields) => boolean;
}

const elsewhere = "only together with an existing network (vpcId and privateSubnetIds)";

// What runs already runs in a VPC that exists: it cannot be part of one that is yet to be created.
const existingParts: readonly Contradiction[] = [
  {
    path: ["cluster"],
    allowed: `an existing cluster ${elsewhere}`,
    holds: ({ network, cluster }) => "vpcId" in network || !("name" in cluster),
  },
  {
    path: ["namespace"],
    allowed: `an existing namespace ${elsewhere}`,
    holds: ({ network, namespace }) => "vpcId" in network || !("id" in namespace),
  },
  {
    path: ["fileSystem"],
    allowed: `an existing file system ${elsewhere}`,
    holds: ({ network, fileSystem }) => "vpcId" in network || !("id" in (fileSystem ?? {})),
  },
  {
    path: ["namespace", "vpcId"],
    allowed: "the vpcId of network: a private zone answers there only",
    holds: ({ network, namespace }) =>
      !("vpcId" in network) || !("id" in namespace) || network.vpcId === namespace.vpcId,
  },
];

const state: readonly Contradiction[] = [
  {
    path: ["state"],
    allowed:
      'with protected: true a state in S3, { kind: "s3", bucket: "..." }: ' +
      "a file on one machine is lost with it",
    holds: (environment) => !environment.protected || "bucket" in environment.state,
  },
];

const contradictions: readonly Contradiction[] = [
  ...existingParts,
  ...networkContradictions,
  ...state,
  ...redisContradictions,
  ...serviceContradictions,
  ...modeContradictions,
  ...operationContradictions,
];

/** Adds an issue for each contradiction in an environment whose fields are valid one by one. */
export function refuseContradictions(
  environment: EnvironmentFields,
  context: z.core.$RefinementCtx,
): void {
  for (const { path, allowed, holds } of contradictions) {
    if (holds(environment)) continue;
    const message = typeof allowed === "string" ? allowed : allowed(environment);
    context.issues.push({ code: "custom", path: [...path], message, input: environment });
  }
}
