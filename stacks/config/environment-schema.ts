import type { z } from "zod";
import { appSchema } from "./app-schema.ts";
import { networkSchema } from "./network-schema.ts";
import { alarmsSchema, backupSchema, dashboardSchema } from "./operation-schema.ts";
import { clusterSchema } from "./cluster-schema.ts";
import { fileSystemSchema } from "./file-system-schema.ts";
import { namespaceSchema } from "./namespace-schema.ts";
import { redisSchema } from "./redis-schema.ts";
import { servicesSchema } from "./services-schema.ts";
import { policyArn, regionName } from "./aws-ids.ts";
import { logFields } from "./log-fields.ts";
import { stateSchema, tagsSchema } from "./state-schema.ts";
import { tasksSchema } from "./tasks-schema.ts";
import { fields, flag, text } from "./fields.ts";

const execField = flag()
  .default(false)
  .describe(
    "ECS Exec: a shell in running containers, for users whom IAM allows. In a cluster of the environment, what is typed " +
      "and shown goes to the log group /ecs-exec/<environment>, billed as any log. The image needs `script` and `cat` for it",
  );

const permissionsBoundaryField = policyArn
  .optional()
  .describe(
    "Permissions boundary of all roles. The policy must allow what the roles need. Default: no boundary",
  );

/** The fields of an environment with their defaults. Ranges are AWS's limits where AWS has some. */
export const environmentSchema = fields({
  account: text(/^\d{12}$/, "the 12 digits of an AWS account, in quotes").describe(
    "AWS account. A deploy with credentials of another account fails",
  ),
  region: regionName.describe("AWS region"),
  protected: flag()
    .default(false)
    .describe(
      "The environment has data that must not be lost. Terraform refuses to destroy resources with data",
    ),
  state: stateSchema,
  tags: tagsSchema,
  permissionsBoundaryArn: permissionsBoundaryField,
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

/** An environment as written in `environments.ts`, where fields with defaults are optional: docs/environments.md. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** The export of `environments.ts`: environments by name. */
export type EnvironmentsInput = Readonly<Record<string, EnvironmentInput>>;

/** An environment whose fields are valid individually. */
export type EnvironmentFields = z.output<typeof environmentSchema>;

/** A validated environment with all defaults and its name. */
export type Environment = EnvironmentFields & { readonly name: string };

/** The settings that every service shares. Each is a field of an environment: docs/environments.md. */
export type ServiceSettings = Pick<
  Environment,
  "account" | "region" | "exec" | "protected" | "logKmsKeyArn"
> & {
  /** Days that CloudWatch keeps the containers' logs. */
  readonly logRetentionDays: number;
};
