import type { EnvironmentFields } from "../environment-schema.ts";
import { partitionOf } from "../offers/offers.ts";
import type { Contradiction } from "./contradiction.ts";

const backupIn = ({ backup }: EnvironmentFields) => (backup === false ? undefined : backup);

const lockIn = (environment: EnvironmentFields) => backupIn(environment)?.lock;

/** The copy into a vault that is created. */
function copyIn(environment: EnvironmentFields) {
  const copy = backupIn(environment)?.copy;
  return copy !== undefined && "region" in copy ? copy : undefined;
}

const replicaIn = ({ fileSystem }: EnvironmentFields) =>
  fileSystem !== undefined && "replica" in fileSystem ? fileSystem.replica : undefined;

interface Elsewhere {
  readonly region: string;
  readonly kmsKeyArn?: string | undefined;
}

/** What is in another region: a region of the same partition, and a key of that region. */
function elsewhere(
  path: readonly string[],
  placeIn: (environment: EnvironmentFields) => Elsewhere | undefined,
): Contradiction[] {
  return [
    {
      path: [...path, "region"],
      allowed: ({ region }) =>
        `another region than ${region}, in its partition ${partitionOf(region) ?? "aws"}`,
      holds: (environment) => {
        const place = placeIn(environment);
        if (place === undefined) return true;
        const { region } = environment;
        return place.region !== region && partitionOf(place.region) === partitionOf(region);
      },
    },
    {
      path: [...path, "kmsKeyArn"],
      allowed: (environment) => `the ARN of one in ${placeIn(environment)?.region}, its own region`,
      holds: (environment) => {
        const { region, kmsKeyArn } = placeIn(environment) ?? {};
        return kmsKeyArn === undefined || kmsKeyArn.split(":")[3] === region;
      },
    },
  ];
}

/** Days that the backups and their copies are kept. */
const retentions = (environment: EnvironmentFields): number[] =>
  [backupIn(environment)?.retentionDays, copyIn(environment)?.retentionDays].filter(
    (days) => days !== undefined,
  );

/** What copies, locks and replicas require of other fields. */
export const recoveryContradictions: readonly Contradiction[] = [
  ...elsewhere(["backup", "copy"], copyIn),
  ...elsewhere(["fileSystem", "replica"], replicaIn),
  {
    path: ["fileSystem", "replica"],
    allowed: "left out without protected: true: a destroy would leave the replica behind",
    holds: (environment) => environment.protected || replicaIn(environment) === undefined,
  },
  {
    path: ["backup", "lock", "mode"],
    allowed: "governance without protected: true: nobody could destroy the vault",
    holds: (environment) => environment.protected || lockIn(environment)?.mode !== "compliance",
  },
  {
    path: ["backup", "lock", "coolingOffDays"],
    allowed: "left out in governance: that lock can always be taken back",
    holds: (environment) => {
      const lock = lockIn(environment);
      return lock?.coolingOffDays === undefined || lock.mode === "compliance";
    },
  },
  {
    path: ["backup", "lock", "minRetentionDays"],
    allowed: (environment) =>
      `${Math.min(...retentions(environment))} days or less, as long as backups and copies are kept`,
    holds: (environment) =>
      retentions(environment).every((days) => days >= (lockIn(environment)?.minRetentionDays ?? 0)),
  },
  {
    path: ["backup", "lock", "maxRetentionDays"],
    allowed: (environment) =>
      `${Math.max(...retentions(environment))} days or more, as long as backups and copies are kept`,
    holds: (environment) =>
      retentions(environment).every(
        (days) => days <= (lockIn(environment)?.maxRetentionDays ?? Number.POSITIVE_INFINITY),
      ),
  },
];
