import type { z } from "zod";
import {
  containerHealthCheck,
  commandFields,
  imageSchema,
  networkModeSchema,
  refuseBoth,
  sizeFields,
  statementsSchema,
  stopTimeout,
  variableFields,
} from "./container-schema.ts";
import { loadBalancerSchema } from "./load-balancer-schema.ts";
import { fields, flag, listOf, text, whole } from "./fields.ts";

const policyArn = text(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/, "a policy's ARN");

const autoscalingSchema = fields({
  min: whole(1, 1000).describe("Tasks that always run"),
  max: whole(1, 1000).describe("Tasks that may run"),
  cpu: whole(10, 400, "percent")
    .optional()
    .describe(
      "Target for the average CPU usage, in percent of the reserved CPU. Above it, tasks are added",
    ),
  requestsPerTarget: whole(1, 1_000_000)
    .optional()
    .describe("Target for the average requests per minute and task. Above it, tasks are added"),
})
  .refine(({ min, max }) => min <= max, { path: ["min"], error: "at most max" })
  .refine(({ cpu, requestsPerTarget }) => cpu !== undefined || requestsPerTarget !== undefined, {
    path: ["cpu"],
    error: "a percentage, unless requestsPerTarget is set",
  });

export const appSchema = fields({
  image: imageSchema,
  loadBalancer: loadBalancerSchema,
  port: whole(1, 65_535)
    .optional()
    .describe(
      "Port that the container listens on; also set as PORT. Default: 3000; none for a worker",
    ),
  networkMode: networkModeSchema,
  desiredCount: whole(1, 1000)
    .optional()
    .describe("Number of tasks. Default: 2; with autoscaling, leave it out"),
  autoscaling: autoscalingSchema
    .optional()
    .describe("Adds and removes tasks according to the load. Default: off, desiredCount tasks run"),
  ...sizeFields,
  ...commandFields,
  ...variableFields("AWS_REGION", "PORT", "REDIS_PASSWORD", "REDIS_URL"),
  taskPolicy: statementsSchema.describe(
    "IAM statements for the app, in addition to those for finding Redis",
  ),
  taskPolicyArns: listOf(policyArn, 0, "policy ARNs")
    .max(10, "at most 10 policy ARNs")
    .default([])
    .describe("Managed policies, in addition to taskPolicy"),
  healthCheck: containerHealthCheck
    .optional()
    .describe(
      "Health check inside the container. For a worker it is the only one. A task that fails it is replaced",
    ),
  stopTimeout,
  rollbackOnAlarms: flag()
    .default(false)
    .describe(
      "ECS also rolls back a release if it raises the alarm of failed requests, or of no healthy task. It needs " +
        "alarms and a load balancer, and costs no money but time: each release then watches the alarms for some five " +
        "minutes more. A release while Redis is away for minutes may be rolled back too",
    ),
  readonlyRootFilesystem: flag()
    .default(false)
    .describe(
      "Makes the root file system read-only. /tmp is 32 MiB in memory. Not allowed with exec",
    ),
}).check(refuseBoth);

type AppConfig = z.output<typeof appSchema>;
export type AutoscalingConfig = NonNullable<AppConfig["autoscaling"]>;

/** The port that the app's container listens on; undefined for a worker that publishes none. */
export function appPort({ port, loadBalancer }: AppConfig): number | undefined {
  return port ?? (loadBalancer === false ? undefined : 3000);
}

/** The minimum number of tasks, which is also the initial number. */
export function fewestTasks({ desiredCount, autoscaling }: AppConfig): number {
  return autoscaling?.min ?? desiredCount ?? 2;
}

export function mostTasks({ desiredCount, autoscaling }: AppConfig): number {
  return autoscaling?.max ?? desiredCount ?? 2;
}
