import type { z } from "zod";
import { appSchema } from "./app-schema.ts";
import { networkSchema } from "./network-schema.ts";
import { alarmsSchema, backupSchema, dashboardSchema } from "./operation-schema.ts";
import { clusterSchema } from "./cluster-schema.ts";
import { fileSystemSchema } from "./file-system-schema.ts";
import { namespaceSchema } from "./namespace-schema.ts";
import { redisSchema } from "./redis-schema.ts";
import { servicesSchema } from "./services-schema.ts";
import { regionName } from "./aws-ids.ts";
import { logFields } from "./log-fields.ts";
import { stateSchema, tagsSchema } from "./state-schema.ts";
import { tasksSchema } from "./tasks-schema.ts";
import { fields, flag, text } from "./fields.ts";

export const execField = flag()
  .default(false)
  .describe("ECS Exec: a shell in running containers, for users whom IAM allows");

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
  ...logFields,
  network: networkSchema,
  cluster: clusterSchema,
  namespace: namespaceSchema,
  fileSystem: fileSystemSchema,
  exec: execField,
  redis: redisSchema,
  app: appSchema,
  tasks: tasksSchema,
  services: servicesSchema,
  alarms: alarmsSchema,
  dashboard: dashboardSchema,
  backup: backupSchema,
});

/** One environment as a deployer writes it, defaults left out. Its fields: docs/environments.md. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** What `environments.ts` exports, by environment name. */
export type EnvironmentsInput = Readonly<Record<string, EnvironmentInput>>;

/** An environment whose fields are valid one by one. */
export type EnvironmentFields = z.output<typeof environmentSchema>;

/** One environment, validated, with every default filled in and its own name. */
export type Environment = EnvironmentFields & { readonly name: string };

/** The values that every service shares. Each is a field of an environment: docs/environments.md. */
export type ServiceSettings = Pick<
  Environment,
  "account" | "region" | "exec" | "protected" | "logKmsKeyArn"
> & {
  /** How many days CloudWatch keeps the containers' logs. */
  readonly logRetentionDays: number;
};
