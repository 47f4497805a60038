import type { z } from "zod";
import {
  containerHealthCheck,
  commandFields,
  imageSchema,
  refuseBoth,
  sizeFields,
  statementsSchema,
  stopTimeout,
  variableFields,
} from "./container-schema.ts";
import { loadBalancerSchema } from "./load-balancer-schema.ts";
import { autoscalingSchema, networkModeSchema } from "./tasks-schema.ts";
import { fields, flag, listOf, text, whole } from "./fields.ts";

const policyArn = text(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/, "a policy's ARN");

export const appSchema = fields({
  image: imageSchema,
  loadBalancer: loadBalancerSchema,
  port: whole(1, 65_535)
    .optional()
    .describe("Port the container listens on, also in its PORT; left out: 3000, for a worker none"),
  networkMode: networkModeSchema,
  desiredCount: whole(1, 1000)
    .optional()
    .describe("Tasks that run; left out: 2, or as many as autoscaling says"),
  autoscaling: autoscalingSchema
    .optional()
    .describe("Adds and removes tasks with the load; left out: desiredCount always run"),
  ...sizeFields,
  ...commandFields,
  ...variableFields("AWS_REGION", "PORT", "REDIS_PASSWORD", "REDIS_URL", "REDIS_BESIDE_URL"),
  taskPolicy: statementsSchema.describe(
    "What the app may do in AWS, in addition to finding its Redis",
  ),
  taskPolicyArns: listOf(policyArn, 0, "policy ARNs")
    .max(10, "at most 10 policy ARNs")
    .default([])
    .describe("Managed policies for the same"),
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

/** The port that the app's container listens on; undefined for a worker that publishes none. */
export function appPort({
  port,
  loadBalancer,
}: Pick<z.output<typeof appSchema>, "port" | "loadBalancer">): number | undefined {
  return port ?? (loadBalancer === false ? undefined : 3000);
}
