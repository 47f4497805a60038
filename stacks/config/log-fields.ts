import { kmsKeyArn } from "./aws-ids.ts";
import { oneOf } from "./fields.ts";

/** Settings for the containers' logs. */
export const logFields = {
  logRetentionDays: oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096])
    .default(30)
    .describe("Days that CloudWatch keeps the containers' logs"),
  logKmsKeyArn: kmsKeyArn
    .optional()
    .describe(
      "KMS key for the logs. Its policy must allow CloudWatch Logs to use it. Default: CloudWatch's own key",
    ),
};
