import type { Environment } from "./config.ts";

/** What of an environment every service needs to know. */
export type Surroundings = Pick<
  Environment,
  "account" | "region" | "exec" | "protected" | "logRetentionDays" | "logKmsKeyArn"
>;
