import { kmsKeyArn } from "./aws-ids.ts";
import { oneOf } from "./fields.ts";

/** How the logs of containers are kept. */
export const logFields = {
  logRetentionDays: oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096])
    .default(30)
    .describe("How many days CloudWatch keeps the containers' logs"),
  logKmsKeyArn: kmsKeyArn
    .optional()
    .describe(
      "Key that encrypts the logs in place of CloudWatch's own; its policy must let Logs use it",
    ),
};
