import type { z } from "zod";
import { appSchema } from "./app-schema.ts";
import { networkSchema } from "./network-schema.ts";
import { alarmsSchema, backupSchema, dashboardSchema } from "./operation-schema.ts";
import { clusterSchema } from "./cluster-schema.ts";
import { fileSystemSchema } from "./file-system-schema.ts";
import { namespaceSchema } from "./namespace-schema.ts";
import { redisSchema } from "./redis-schema.ts";
import { servicesSchema } from "./services-schema.ts";
import { kmsKeyArn, regionName } from "./aws-ids.ts";
import { stateSchema, tagsSchema } from "./state-schema.ts";
import { tasksSchema } from "./tasks-schema.ts";
import { fields, flag, oneOf, text } from "./fields.ts";

/** The fields of one environment, with every default. Ranges are AWS's own where AWS has them. */
export const environmentSchema = fields({
  account: text(/^\d{12}$/, "the 12 digits of an AWS account, in quotes").describe(
    "AWS account; a deploy with the credentials of another is refused",
  ),
  region: regionName.describe("AWS region"),
  protected: flag()
    .default(false)
    .describe("Holds data that must not be lost: nothing with data is destroyed or forced"),
  state: stateSchema,
  tags: tagsSchema,
  logRetentionDays: oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096])
    .default(30)
    .describe("How long CloudWatch keeps the containers' logs"),
  logKmsKeyArn: kmsKeyArn
    .optional()
    .describe(
      "Key that encrypts the logs in place of CloudWatch's own; its policy must let Logs use it",
    ),
  network: networkSchema,
  cluster: clusterSchema,
  namespace: namespaceSchema,
  fileSystem: fileSystemSchema,
  exec: flag()
    .default(false)
    .describe("ECS Exec: a shell in running containers, for users whom IAM allows"),
  redis: redisSchema,
  app: appSchema,
  tasks: tasksSchema,
  services: servicesSchema,
  alarms: alarmsSchema,
  dashboard: dashboardSchema,
  backup: backupSchema,
});

/** One environment as a deployer writes it: defaults may be left out. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** What `environments.ts` exports, by environment name. */
export type EnvironmentsInput = Readonly<Record<string, EnvironmentInput>>;

/** An environment whose fields are valid one by one. */
export type EnvironmentFields = z.output<typeof environmentSchema>;

/** One environment, validated, with every default filled in and its own name. */
export type Environment = EnvironmentFields & { readonly name: string };

/** The values of an environment that every service shares. */
export type ServiceSettings = Pick<
  Environment,
  "account" | "region" | "exec" | "protected" | "logRetentionDays" | "logKmsKeyArn"
>;
