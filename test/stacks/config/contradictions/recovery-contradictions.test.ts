import { describe, expect, it } from "vitest";
import { refusedLines } from "../../support/refusal.ts";
import { type devWith, protectedParts } from "../../support/template.ts";

type Changes = NonNullable<Parameters<typeof devWith>[0]>;

/** What is said of an environment of eu-west-1. */
function said(changes: Changes): string {
  return refusedLines({ ...(changes.protected && protectedParts), ...changes }).join("\n");
}

describe("recovery elsewhere", () => {
  it.each<[what: string, changes: Changes, message: string]>([
    [
      "a copy in the same region",
      { backup: { copy: { region: "eu-west-1" } } },
      'backup.copy.region: got "eu-west-1"; allowed: another region than eu-west-1, in its partition aws',
    ],
    [
      "a copy in another partition",
      { backup: { copy: { region: "cn-north-1" } } },
      "in its partition aws",
    ],
    [
      "a key of the wrong region for copies",
      {
        backup: {
          copy: {
            region: "eu-central-1",
            kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/0a1b",
          },
        },
      },
      "allowed: the ARN of one in eu-central-1, its own region",
    ],
    [
      "a copy into something else than a vault",
      { backup: { copy: { vaultArn: "arn:aws:s3:::copies" } } },
      "allowed: the ARN of a backup vault",
    ],
    [
      "a replica in the same region",
      { protected: true, fileSystem: { replica: { region: "eu-west-1" } } },
      "fileSystem.replica.region",
    ],
    [
      "a replica that a destroy would leave behind",
      { fileSystem: { replica: { region: "eu-central-1" } } },
      "allowed: left out without protected: true: a destroy would leave the replica behind",
    ],
    [
      "a lock that nobody can end, where nothing is protected",
      { backup: { lock: { mode: "compliance" } } },
      'backup.lock.mode: got "compliance"; allowed: governance without protected: true',
    ],
    [
      "days to take back a lock that can always be taken back",
      { backup: { lock: { coolingOffDays: 3 } } },
      "allowed: left out in governance",
    ],
    [
      "a minimum that backups would break",
      { backup: { retentionDays: 30, lock: { minRetentionDays: 31 } } },
      "backup.lock.minRetentionDays: got 31; allowed: 30 days or less",
    ],
    [
      "a maximum that copies would break",
      {
        backup: {
          retentionDays: 30,
          copy: { region: "eu-central-1", retentionDays: 90 },
          lock: { maxRetentionDays: 60 },
        },
      },
      "backup.lock.maxRetentionDays: got 60; allowed: 90 days or more",
    ],
  ])("refuses %s", (_, changes, message) => {
    expect(said(changes)).toContain(message);
  });
});
