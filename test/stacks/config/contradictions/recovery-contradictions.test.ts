import { describe, expect, it } from "vitest";
import { refusedLines } from "../../support/refusal.ts";
import { type devWith, protectedParts } from "../../support/template.ts";

type Changes = NonNullable<Parameters<typeof devWith>[0]>;

/** The problems of an environment in eu-west-1. */
function problems(changes: Changes): string {
  return refusedLines({ ...(changes.protected && protectedParts), ...changes }).join("\n");
}

describe("recovery in another region", () => {
  it.each<[what: string, changes: Changes, message: string]>([
    [
      "a copy in the same region",
      { backup: { copy: { region: "eu-west-1" } } },
      "backup.copy.region:",
    ],
    [
      "a copy in another partition",
      { backup: { copy: { region: "cn-north-1" } } },
      "backup.copy.region",
    ],
    [
      "a key in another region than the copies",
      {
        backup: {
          copy: {
            region: "eu-central-1",
            kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/0a1b",
          },
        },
      },
      "backup.copy.kmsKeyArn",
    ],
    [
      "a copy to something other than a vault",
      { backup: { copy: { vaultArn: "arn:aws:s3:::copies" } } },
      "allowed: the ARN of a backup vault",
    ],
    [
      "a replica in the same region",
      { protected: true, fileSystem: { replica: { region: "eu-west-1" } } },
      "fileSystem.replica.region",
    ],
    [
      "a replica in an unprotected environment",
      { fileSystem: { replica: { region: "eu-central-1" } } },
      "allowed: not set without protected: true",
    ],
    [
      "a compliance lock in an unprotected environment",
      { backup: { lock: { mode: "compliance" } } },
      "backup.lock.mode:",
    ],
    [
      "coolingOffDays with a governance lock",
      { backup: { lock: { coolingOffDays: 3 } } },
      "allowed: not set in governance mode",
    ],
    [
      "a minimum above the backups' retention",
      { backup: { retentionDays: 30, lock: { minRetentionDays: 31 } } },
      "backup.lock.minRetentionDays:",
    ],
    [
      "a maximum below the copies' retention",
      {
        backup: {
          retentionDays: 30,
          copy: { region: "eu-central-1", retentionDays: 90 },
          lock: { maxRetentionDays: 60 },
        },
      },
      "backup.lock.maxRetentionDays:",
    ],
  ])("refuses %s", (_, changes, message) => {
    expect(problems(changes)).toContain(message);
  });
});
