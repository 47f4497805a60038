import type { EnvironmentFields } from "../environment-schema.ts";
import { partitionOf } from "../offers/offers.ts";
import type { Contradiction } from "./contradiction.ts";

const backupIn = ({ backup }: EnvironmentFields) => (backup === false ? undefined : backup);

const lockIn = (environment: EnvironmentFields) => backupIn(environment)?.lock;

/** The settings of copies to a new vault. */
function copyIn(environment: EnvironmentFields) {
  const copy = backupIn(environment)?.copy;
  return copy && "region" in copy ? copy : undefined;
}

const replicaIn = ({ fileSystem }: EnvironmentFields) =>
  fileSystem !== undefined && "replica" in fileSystem ? fileSystem.replica : undefined;

interface Elsewhere {
  readonly region: string;
  readonly kmsKeyArn?: string | undefined;
}

/** Rules for parts in another region: the region is in the same partition, and the key is in that region. */
function elsewhere(
  path: readonly string[],
  placeIn: (environment: EnvironmentFields) => Elsewhere | undefined,
): Contradiction[] {
  return [
    {
      path: [...path, "region"],
      allowed: ({ region }) =>
        `a region other than ${region} in the same partition, ${partitionOf(region) ?? "aws"}`,
      holds: (environment) => {
        const place = placeIn(environment);
        if (place === undefined) return true;
        const { region } = environment;
        return place.region !== region && partitionOf(place.region) === partitionOf(region);
      },
    },
    {
      path: [...path, "kmsKeyArn"],
      allowed: (environment) => `an ARN in ${placeIn(environment)?.region}, the region of the copy`,
      holds: (environment) => {
        const { region, kmsKeyArn } = placeIn(environment) ?? {};
        return kmsKeyArn === undefined || kmsKeyArn.split(":")[3] === region;
      },
    },
  ];
}

/** Retention of backups and copies, in days. */
const retentions = (environment: EnvironmentFields): number[] =>
  [backupIn(environment)?.retentionDays, copyIn(environment)?.retentionDays].filter(
    (days) => days !== undefined,
  );

/** Rules about copies, locks and replicas. */
export const recoveryContradictions: readonly Contradiction[] = [
  ...elsewhere(["backup", "copy"], copyIn),
  ...elsewhere(["fileSystem", "replica"], replicaIn),
  {
    path: ["fileSystem", "replica"],
    allowed: "not set without protected: true, because a destroy does not delete the replica",
    holds: (environment) => environment.protected || replicaIn(environment) === undefined,
  },
  {
    path: ["backup", "lock", "mode"],
    allowed: "governance without protected: true, because no one could destroy the vault",
    holds: (environment) => environment.protected || lockIn(environment)?.mode !== "compliance",
  },
  {
    path: ["backup", "lock", "coolingOffDays"],
    allowed: "not set in governance mode, whose lock can always be removed",
    holds: (environment) => {
      const lock = lockIn(environment);
      return lock?.coolingOffDays === undefined || lock.mode === "compliance";
    },
  },
  {
    path: ["backup", "lock", "minRetentionDays"],
    allowed: (environment) =>
      `at most ${Math.min(...retentions(environment))} days, the shortest retention of backups and copies`,
    holds: (environment) =>
      retentions(environment).every((days) => days >= (lockIn(environment)?.minRetentionDays ?? 0)),
  },
  {
    path: ["backup", "lock", "maxRetentionDays"],
    allowed: (environment) =>
      `at least ${Math.max(...retentions(environment))} days, the longest retention of backups and copies`,
    holds: (environment) =>
      retentions(environment).every(
        (days) => days <= (lockIn(environment)?.maxRetentionDays ?? Number.POSITIVE_INFINITY),
      ),
  },
];
