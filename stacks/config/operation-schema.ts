import { z } from "zod";
import { kmsKeyArn, regionName } from "./aws-ids.ts";
import { either, fields, flag, has, listOf, oneOf, text, whole } from "./fields.ts";

const emailsAllowed = "1 or more e-mail addresses";
const ownTopic = fields({
  emails: listOf(text(/^[^\s@,;<>"]+@[^\s@,;<>"]+\.[a-z]{2,}$/i, emailsAllowed), 1, emailsAllowed)
    .max(20, "20 e-mail addresses or fewer")
    .describe("Recipients. Each must confirm with the link that SNS sends"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe(
      "KMS key that encrypts the topic, about USD 1 a month. Its policy must allow cloudwatch.amazonaws.com and events.amazonaws.com to use " +
        "it; the policy of the AWS managed key for SNS does not",
    ),
});
export const topicArn = text(
  /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
  "the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>",
);
const existingTopic = fields({
  topicArn: topicArn.describe(
    "ARN of an existing topic in the same region. Its policy must allow cloudwatch.amazonaws.com and " +
      "events.amazonaws.com to publish",
  ),
});
const off = z.literal(false, "false");
/** `false`, or a value of `schema`. */
function orOff<Schema extends z.ZodType>(schema: Schema) {
  return either((value) => value === false, off, schema);
}

export const alarmsSchema = orOff(either(has("topicArn"), existingTopic, ownTopic))
  .default(false)
  .describe("Alarms and their recipients. false turns them off");

export const dashboardSchema = flag()
  .default(true)
  .describe("Creates a CloudWatch dashboard of Redis, the app and their hosts");

// Six fields. Either the day of the month or the day of the week must be "?".
export const cronPattern = String.raw`cron\(([\d*/,-]+ ){2}([\d*/,LW-]+ [\dA-Z*/,-]+ \?|\? [\dA-Z*/,-]+ [\dA-Z*/,L#-]+) [\d*/,-]+\)`;
const scheduleAllowed = 'an AWS cron expression in UTC, such as "cron(0 3 * * ? *)"';
const retentionDays = whole(1, 3650, "days").default(35);
const copyToRegion = fields({
  region: regionName.describe("Region of the new vault for copies; not the environment's"),
  retentionDays: retentionDays.describe("How long a copy is kept"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("KMS key in that region for the copies. Default: the AWS managed key for backups"),
});
const copyToVault = fields({
  vaultArn: text(
    /^arn:aws[\w-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[\w-]{2,50}$/,
    "the ARN of a backup vault, arn:aws:backup:<region>:<account>:backup-vault:<name>",
  ).describe(
    "ARN of an existing vault. It may be in another account: both accounts must be in one organization that " +
      "allows cross-account backups, and the vault's policy must allow this account to copy into it",
  ),
  retentionDays: retentionDays.describe("How long a copy is kept"),
});
const lock = fields({
  mode: oneOf(["governance", "compliance"])
    .default("governance")
    .describe(
      "Who can remove the lock. `governance`: users with the IAM permission; `compliance`: no one, so the " +
        "vault cannot be destroyed before its last backup expires",
    ),
  minRetentionDays: whole(1, 36_500, "days")
    .optional()
    .describe("Minimum age at which a backup can be deleted. Default: no minimum"),
  maxRetentionDays: whole(1, 36_500, "days")
    .optional()
    .describe("Maximum time that a backup is kept. Default: no maximum"),
  coolingOffDays: whole(3, 36_500, "days")
    .optional()
    .describe("Only in compliance mode: time in which the lock can still be removed. Default: 3"),
});
const backup = fields({
  retentionDays: retentionDays.describe("How long a backup is kept"),
  schedule: text(new RegExp(`^${cronPattern}$`), scheduleAllowed)
    .default("cron(0 3 * * ? *)")
    .describe("When backups are made, in UTC"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("KMS key for the backups. Default: the AWS managed key for backups"),
  copy: orOff(either(has("vaultArn"), copyToVault, copyToRegion))
    .optional()
    .describe(
      "Copies every backup to another region or account. AWS bills the storage of copies and the transfer " +
        "between regions. Default: no copies. false: no more copies; a protected environment keeps the vault of " +
        "earlier ones in AWS",
    ),
  lock: lock
    .optional()
    .describe(
      "Locks the vault, and the new vault for copies, so that backups cannot be deleted by mistake or by an " +
        "attacker. It is free. Default: no lock",
    ),
});
export const backupSchema = orOff(backup)
  .optional()
  .describe(
    "Backups of the file system. Default: on for a new or restored file system of a protected environment, else off",
  );
export type BackupConfig = z.output<typeof backup>;
/** The default settings of backups. */
export const defaultBackup = backup.parse({});
