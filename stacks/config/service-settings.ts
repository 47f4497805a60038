import type { Environment } from "./parse-environments.ts";

/** What of an environment every service needs to know. */
export type Surroundings = Pick<
  Environment,
  "account" | "region" | "exec" | "protected" | "logRetentionDays" | "logKmsKeyArn"
>;
