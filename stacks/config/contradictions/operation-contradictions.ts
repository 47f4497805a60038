import type { EnvironmentFields } from "../environment-schema.ts";
import type { Contradiction } from "./contradiction.ts";

/** Fields with a key or topic that must be in the environment's region. */
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

/** What keys, topics and alarms require of other fields. */
export const operationContradictions: readonly Contradiction[] = [
  ...Object.entries(regional).map(([field, arnOf]) => ({
    path: field.split("."),
    allowed: ({ region }: EnvironmentFields) =>
      `the ARN of one in ${region}, the region of the rest`,
    holds: (environment: EnvironmentFields) => {
      const arn = arnOf(environment);
      return arn === undefined || arn.split(":")[3] === environment.region;
    },
  })),
  {
    path: ["cluster", "containerInsights"],
    allowed: "enabled or enhanced with alarms: the count of running tasks comes from there",
    holds: ({ alarms, cluster }) =>
      alarms === false ||
      !("containerInsights" in cluster) ||
      cluster.containerInsights !== "disabled",
  },
];
