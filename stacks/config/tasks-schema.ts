import { z } from "zod";
import { cronPattern } from "./operation-schema.ts";
import { fields, listOfWords, text } from "./fields.ts";
import { sizeFields } from "./container-schema.ts";

const scheduleAllowed =
  'in UTC, a rate such as "rate(5 minutes)", or a cron expression of AWS such as "cron(0 3 * * ? *)"';
const rate = /rate\((1 (minute|hour|day)|([2-9]|[1-9]\d{1,3}) (minutes|hours|days))\)/;

/** Names of containers, log groups and families; they must differ from those of the app and Redis. */
const nameAllowed =
  "a name of 1 to 20 lower-case letters, digits and hyphens such as clean-up, not ending in app or redis";
export const ownName = text(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, nameAllowed).refine(
  (name) => !/(^|-)(app|redis)$/.test(name),
  nameAllowed,
);

const task = fields({
  command: listOfWords("1 or more words").describe(
    "Replaces the image's CMD; it must end by itself",
  ),
  schedule: text(new RegExp(`^(${rate.source}|${cronPattern})$`), scheduleAllowed)
    .optional()
    .describe("When it runs. Default: when a person starts it, with the command in the outputs"),
  ...sizeFields,
});
export type TaskConfig = z.output<typeof task>;

export const tasksSchema = z
  .record(ownName, task, "an object from a task's name to what it is")
  .default({})
  .describe("Tasks that run and end, with the app's image, variables, IAM roles and Redis");
