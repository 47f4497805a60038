import { z } from "zod";
import { kmsKeyArn, regionName } from "./aws-ids.ts";
import { either, fields, flag, has, listOf, oneOf, text, whole } from "./fields.ts";

const emailsAllowed = "1 or more e-mail addresses";
const ownTopic = fields({
  emails: listOf(text(/^[^\s@,;<>"]+@[^\s@,;<>"]+\.[a-z]{2,}$/i, emailsAllowed), 1, emailsAllowed)
    .max(20, "20 e-mail addresses or fewer")
    .describe("Recipients; each confirms by the link that SNS sends"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe(
      "Key that encrypts the topic; its policy must let cloudwatch.amazonaws.com and " +
        "events.amazonaws.com use it, which AWS's own key for SNS does not",
    ),
});
export const topicArn = text(
  /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
  "the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>",
);
const existingTopic = fields({
  topicArn: topicArn.describe(
    "An existing topic in the same region, whose policy must let cloudwatch.amazonaws.com and " +
      "events.amazonaws.com publish",
  ),
});
const off = z.literal(false, "false");
/** `false`, or a value of `schema`. */
function orOff<Schema extends z.ZodType>(schema: Schema) {
  return either((value) => value === false, off, schema);
}

export const alarmsSchema = orOff(either(has("topicArn"), existingTopic, ownTopic))
  .default(false)
  .describe("Alarms, and who receives them; false for none");

export const dashboardSchema = flag()
  .default(true)
  .describe("A CloudWatch dashboard of Redis, the app and their hosts");

// Six fields; a day of the month and of the week exclude each other.
export const cronPattern = String.raw`cron\(([\d*/,-]+ ){2}([\d*/,LW-]+ [\dA-Z*/,-]+ \?|\? [\dA-Z*/,-]+ [\dA-Z*/,L#-]+) [\d*/,-]+\)`;
const scheduleAllowed = 'a cron expression of AWS in UTC, such as "cron(0 3 * * ? *)"';
const retentionDays = whole(1, 3650, "days").default(35);
const copyToRegion = fields({
  region: regionName.describe("Another region, in which a vault is created"),
  retentionDays: retentionDays.describe("How long a copy is kept"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("Key of that region that encrypts the copies. Default: AWS's own for backups"),
});
const copyToVault = fields({
  vaultArn: text(
    /^arn:aws[\w-]*:backup:[a-z0-9-]+:\d{12}:backup-vault:[\w-]{2,50}$/,
    "the ARN of a backup vault, arn:aws:backup:<region>:<account>:backup-vault:<name>",
  ).describe(
    "An existing vault, also of another account: both accounts are then in one organization that allows " +
      "backups across accounts, and the vault's policy lets this account copy into it",
  ),
  retentionDays: retentionDays.describe("How long a copy is kept"),
});
const lock = fields({
  mode: oneOf(["governance", "compliance"])
    .default("governance")
    .describe(
      "Who may end the lock: in governance those with the right to, in compliance nobody. A vault " +
        "in compliance cannot be destroyed before its last backup has expired",
    ),
  minRetentionDays: whole(1, 36_500, "days")
    .optional()
    .describe("No backup can be deleted sooner. Default: no minimum"),
  maxRetentionDays: whole(1, 36_500, "days")
    .optional()
    .describe("No backup is kept longer. Default: no maximum"),
  coolingOffDays: whole(3, 36_500, "days")
    .optional()
    .describe("Only in compliance: days in which the lock can still be taken back. Default: 3"),
});
const backup = fields({
  retentionDays: retentionDays.describe("How long a backup is kept"),
  schedule: text(new RegExp(`^${cronPattern}$`), scheduleAllowed)
    .default("cron(0 3 * * ? *)")
    .describe("When a backup is made, in UTC"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("Key that encrypts the backups. Default: AWS's own for backups"),
  copy: either(has("vaultArn"), copyToVault, copyToRegion)
    .optional()
    .describe(
      "Copies every backup to another region or account. Each copy is billed as storage there, and its " +
        "transfer between regions by the GB. Default: no copies",
    ),
  lock: lock
    .optional()
    .describe(
      "Locks the vault, and the one that is created for copies, against a delete by mistake or by an " +
        "intruder. It costs nothing. Default: no lock",
    ),
});
export const backupSchema = orOff(backup)
  .optional()
  .describe(
    "Backups of the file system. Default: on for a created or restored file system of a protected environment, else off",
  );
export type BackupConfig = z.output<typeof backup>;
/** Backups with every default. */
export const defaultBackup = backup.parse({});
