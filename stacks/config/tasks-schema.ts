import { z } from "zod";
import { cronPattern } from "./operation-schema.ts";
import { fields, listOfWords, text } from "./fields.ts";
import { sizeFields } from "./container-schema.ts";

const scheduleAllowed =
  'a rate such as "rate(5 minutes)", or an AWS cron expression in UTC such as "cron(0 3 * * ? *)"';
const rate = /rate\((1 (minute|hour|day)|([2-9]|[1-9]\d{1,3}) (minutes|hours|days))\)/;

/** Used in names of containers, log groups and task families. They must differ from those of the app and Redis. */
const nameAllowed =
  "a name of 1 to 20 lower-case letters, digits and hyphens such as clean-up, not ending in app or redis";
export const ownName = text(/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/, nameAllowed).refine(
  (name) => !/(^|-)(app|redis)$/.test(name),
  nameAllowed,
);

const task = fields({
  command: listOfWords("1 or more words").describe(
    "Replaces the image's CMD. The command must exit by itself",
  ),
  schedule: text(new RegExp(`^(${rate.source}|${cronPattern})$`), scheduleAllowed)
    .optional()
    .describe(
      "When the task runs. Default: only when you start it with the command in the outputs",
    ),
  ...sizeFields,
});
export type TaskConfig = z.output<typeof task>;

export const tasksSchema = z
  .record(ownName, task, "an object from task name to its fields")
  .default({})
  .describe("Tasks that run to completion, with the app's image, variables, IAM roles and Redis");
