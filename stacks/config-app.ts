import { z } from "zod";
import { loadBalancerSchema } from "./config-load-balancer.ts";
import { autoscalingSchema, networkModeSchema } from "./config-tasks.ts";
import { either, fields, flag, listOf, listOfWords, oneOf, text, whole } from "./fields.ts";
import { cpuUnits, imageReference } from "./image-reference.ts";
import { parameterReference, secretReference } from "./secret-reference.ts";

/** The app of an environment. */

const imageAllowed = 'an image with a tag or digest, or { ssmParameter: "/name" }';
const image = either(
  (value) => typeof value === "object" && value !== null,
  parameterReference(
    "/dev/app/image",
    "Name of the parameter that holds the image; a deploy takes what it holds then",
  ),
  text(imageReference, imageAllowed),
);

/** Set by the stack: an environment of one's own may not redefine them. */
const reserved = ["AWS_REGION", "PORT", "REDIS_PASSWORD", "REDIS_URL"];
const variableAllowed = `a variable name such as LOG_LEVEL, none of ${reserved.join(", ")}`;
const variable = text(/^[A-Za-z_]\w*$/, variableAllowed).refine(
  (name) => !reserved.includes(name),
  variableAllowed,
);

const plainAllowed =
  "text in quotes, without a password in a URL: such a URL belongs into app.secrets";
const plainValue = text(/^/, "text in quotes").refine(
  (value) => !/\w:\/\/[^/@\s:]*:[^/@\s]+@/.test(value),
  plainAllowed,
);

const keyArn = text(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  "the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>",
);

const actionAllowed = "an action by its service and name, such as s3:GetObject";
const resourceAllowed = "an ARN, or * where an action knows no resource";
const conditions = z.record(
  z.string(),
  z.record(z.string(), text(/^/, "text in quotes"), "an object from condition key to text"),
  "an object from operator to condition keys",
);
const statement = fields({
  Effect: oneOf(["Allow", "Deny"]).default("Allow").describe("As in an IAM policy"),
  Action: listOf(
    text(/^[a-z0-9-]+:[A-Za-z0-9*?]+$/, actionAllowed),
    1,
    "1 or more actions",
  ).describe("What it is about"),
  Resource: listOf(text(/^(\*|arn:\S+)$/, resourceAllowed), 1, "1 or more ARNs").describe(
    "On what",
  ),
  Condition: conditions.optional().describe("When, as in an IAM policy"),
});
const policyArn = text(/^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/, "a policy's ARN");

const healthCheck = fields({
  command: text(/\S/, "a line of sh such as node healthy.js").describe("Exit 0 is healthy"),
  interval: whole(5, 300, "seconds").default(10).describe("Time between two checks"),
  timeout: whole(2, 60, "seconds").default(5).describe("How long one may take"),
  retries: whole(1, 10).default(3).describe("Failures in a row that make it unhealthy"),
  startPeriod: whole(0, 300, "seconds").default(60).describe("Failures within it do not count"),
});

export const appSchema = fields({
  image: image.describe("Literal, or the SSM parameter that a release pipeline writes"),
  loadBalancer: loadBalancerSchema,
  port: whole(1, 65_535)
    .optional()
    .describe("Port the container listens on, also in its PORT; left out: 3000, a worker's none"),
  networkMode: networkModeSchema,
  desiredCount: whole(1, 1000)
    .optional()
    .describe("Tasks that run; left out: 2, or as many as autoscaling says"),
  autoscaling: autoscalingSchema
    .optional()
    .describe("Tasks are added and taken away with the load; left out: desiredCount always run"),
  memory: whole(32, 262_144, "MiB").default(256).describe("Hard limit of the container"),
  cpu: whole(32, 65_536, cpuUnits).default(128).describe("CPU share"),
  entryPoint: listOfWords("a list of words")
    .optional()
    .describe("In place of the image's ENTRYPOINT"),
  command: listOfWords("a list of words").optional().describe("In place of the image's CMD"),
  environment: z
    .record(variable, plainValue, "an object from variable name to text")
    .default({})
    .describe("Plain environment variables of the container; no secrets"),
  secrets: z
    .record(variable, secretReference, "an object from variable name to a secret or parameter")
    .default({})
    .describe(
      "Variables that ECS reads when a task starts, from Secrets Manager (ARN) or SSM (ARN or /name)",
    ),
  secretKeyArns: listOf(keyArn, 0, "KMS key ARNs")
    .default([])
    .describe("KMS keys of one's own that those secrets are encrypted with"),
  taskPolicy: z
    .array(statement, "a list of statements with Effect, Action, Resource, Condition")
    .default([])
    .describe("What the app may do in AWS, beside finding its Redis"),
  taskPolicyArns: listOf(policyArn, 0, "policy ARNs")
    .max(10, "at most 10 policy ARNs")
    .default([])
    .describe("Managed policies for the same"),
  healthCheck: healthCheck
    .optional()
    .describe(
      "A check inside the container; a worker's only one. The task is replaced when it fails",
    ),
  stopTimeout: whole(2, 3600, "seconds")
    .default(30)
    .describe("Time between SIGTERM and SIGKILL when a task stops"),
  readonlyRootFilesystem: flag()
    .default(false)
    .describe(
      "The container writes nowhere but to 32 MiB of /tmp in memory; not together with exec",
    ),
}).check(({ value, issues }) => {
  for (const name of Object.keys(value.secrets)) {
    if (!Object.hasOwn(value.environment, name)) continue;
    const message = "a variable that environment does not set as well";
    issues.push({ code: "custom", input: value, path: ["secrets", name], message });
  }
});
