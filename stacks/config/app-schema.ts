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
    .describe("Average CPU that tasks use, of what they reserve; above it, tasks are added"),
  requestsPerTarget: whole(1, 1_000_000)
    .optional()
    .describe("Average requests a minute for each task; above it, tasks are added"),
})
  .refine(({ min, max }) => min <= max, { path: ["min"], error: "at most max" })
  .refine(({ cpu, requestsPerTarget }) => cpu !== undefined || requestsPerTarget !== undefined, {
    path: ["cpu"],
    error: "a percentage, unless there is requestsPerTarget",
  });

export const appSchema = fields({
  image: imageSchema,
  loadBalancer: loadBalancerSchema,
  port: whole(1, 65_535)
    .optional()
    .describe("Port the container listens on, also in its PORT. Default: 3000; none for a worker"),
  networkMode: networkModeSchema,
  desiredCount: whole(1, 1000)
    .optional()
    .describe("Tasks that run. Default: 2, or as many as autoscaling says"),
  autoscaling: autoscalingSchema
    .optional()
    .describe("Adds and removes tasks with the load. Default: desiredCount tasks always run"),
  ...sizeFields,
  ...commandFields,
  ...variableFields("AWS_REGION", "PORT", "REDIS_PASSWORD", "REDIS_URL", "REDIS_BESIDE_URL"),
  taskPolicy: statementsSchema.describe(
    "What the app may do in AWS, in addition to finding its Redis",
  ),
  taskPolicyArns: listOf(policyArn, 0, "policy ARNs")
    .max(10, "at most 10 policy ARNs")
    .default([])
    .describe("Managed policies, in addition to taskPolicy"),
  healthCheck: containerHealthCheck
    .optional()
    .describe(
      "A check inside the container, the only one of a worker. The task is replaced when it fails",
    ),
  stopTimeout,
  readonlyRootFilesystem: flag()
    .default(false)
    .describe("The container writes only to 32 MiB of /tmp in memory; not with exec"),
}).check(refuseBoth);

type AppConfig = z.output<typeof appSchema>;
export type AutoscalingConfig = NonNullable<AppConfig["autoscaling"]>;

/** The port that the app's container listens on; undefined for a worker that publishes none. */
export function appPort({ port, loadBalancer }: AppConfig): number | undefined {
  return port ?? (loadBalancer === false ? undefined : 3000);
}

/** The least number of tasks, and the number at first. */
export function fewestTasks({ desiredCount, autoscaling }: AppConfig): number {
  return autoscaling?.min ?? desiredCount ?? 2;
}

export function mostTasks({ desiredCount, autoscaling }: AppConfig): number {
  return autoscaling?.max ?? desiredCount ?? 2;
}
