import { z } from "zod";
import { kmsKeyArn } from "./aws-ids.ts";
import { either, fields, flag, has, listOf, text, whole } from "./fields.ts";

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
const existingTopic = fields({
  topicArn: text(
    /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/,
    "the ARN of an SNS topic, arn:aws:sns:<region>:<account>:<name>",
  ).describe(
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
const backup = fields({
  retentionDays: whole(1, 3650, "days").default(35).describe("How long a backup is kept"),
  schedule: text(new RegExp(`^${cronPattern}$`), scheduleAllowed)
    .default("cron(0 3 * * ? *)")
    .describe("When a backup is made, in UTC"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("Key that encrypts the backups. Default: AWS's own for backups"),
});
export const backupSchema = orOff(backup)
  .optional()
  .describe(
    "Backups of the file system. Default: on for a created file system of a protected environment, else off",
  );
export type BackupConfig = z.output<typeof backup>;
/** Backups with every default. */
export const defaultBackup = backup.parse({});
