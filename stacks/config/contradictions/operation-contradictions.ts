import type { EnvironmentFields } from "../environment-schema.ts";
import { partitionOf } from "../offers/offers.ts";
import type { Contradiction } from "./contradiction.ts";

/** Fields with a KMS key or topic that must be in the environment's region. */
const regional: Readonly<Record<string, (environment: EnvironmentFields) => string | undefined>> = {
  logKmsKeyArn: ({ logKmsKeyArn }) => logKmsKeyArn,
  "fileSystem.kmsKeyArn": ({ fileSystem }) =>
    fileSystem !== undefined && "kmsKeyArn" in fileSystem ? fileSystem.kmsKeyArn : undefined,
  "alarms.kmsKeyArn": ({ alarms }) =>
    alarms !== false && "emails" in alarms ? alarms.kmsKeyArn : undefined,
  "alarms.topicArn": ({ alarms }) =>
    alarms !== false && "topicArn" in alarms ? alarms.topicArn : undefined,
  "backup.kmsKeyArn": ({ backup }) =>
    backup === undefined || backup === false ? undefined : backup.kmsKeyArn,
};

/** Rules about keys, topics, policies and alarms. */
export const operationContradictions: readonly Contradiction[] = [
  ...Object.entries(regional).map(([field, arnOf]) => ({
    path: field.split("."),
    allowed: ({ region }: EnvironmentFields) => `an ARN in ${region}, the environment's region`,
    holds: (environment: EnvironmentFields) => {
      const arn = arnOf(environment);
      return arn === undefined || arn.split(":")[3] === environment.region;
    },
  })),
  {
    path: ["permissionsBoundaryArn"],
    allowed: ({ account, region }) =>
      `a policy of the account ${account} or of AWS in the partition ${partitionOf(region)}`,
    holds: ({ permissionsBoundaryArn: policy, account, region }) => {
      if (policy === undefined) return true;
      const [, partition, , , owner = ""] = policy.split(":");
      return partition === partitionOf(region) && [account, "aws"].includes(owner);
    },
  },
  {
    path: ["cluster", "containerInsights"],
    allowed: "enabled or enhanced with alarms, which need its count of running tasks",
    holds: ({ alarms, cluster }) =>
      alarms === false ||
      !("containerInsights" in cluster) ||
      cluster.containerInsights !== "disabled",
  },
];
