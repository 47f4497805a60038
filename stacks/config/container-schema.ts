import { z } from "zod";
import { kmsKeyArn } from "./aws-ids.ts";
import { either, fields, listOf, listOfWords, oneOf, text, whole } from "./fields.ts";
import { parameterReference, secretReference } from "./secret-reference.ts";

// Fields shared by the containers of the app, its tasks and other services.

/** A repository with a tag, a digest or both. */
export const imageReference =
  /^[a-z0-9][a-z0-9._/:-]*(:\w[\w.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/;

export const cpuUnits = "CPU units, 1024 per core";

const imageAllowed = 'an image with a tag or digest, or { ssmParameter: "/name" }';
export const imageSchema = either(
  (value) => typeof value === "object" && value !== null,
  parameterReference(
    "/dev/app/image",
    "Name of the SSM parameter with the image. Each deploy reads it",
  ),
  text(imageReference, imageAllowed),
).describe("Container image: a literal, or an SSM parameter that a release pipeline writes");

export const networkModeSchema = oneOf(["bridge", "awsvpc", "host"])
  .default("bridge")
  .describe(
    "`bridge`: tasks get dynamic host ports; `awsvpc`: each task has its own address and security group, but a " +
      "host has few network interfaces; `host`: tasks use the container's port on the host, so one task per host, " +
      "and the program can use the host's role",
  );

export const sizeFields = {
  memory: whole(32, 262_144, "MiB").default(256).describe("Hard limit of the container"),
  cpu: whole(32, 65_536, cpuUnits).default(128).describe("CPU share"),
};

export const commandFields = {
  entryPoint: listOfWords("a list of words").optional().describe("Replaces the image's ENTRYPOINT"),
  command: listOfWords("a list of words").optional().describe("Replaces the image's CMD"),
};

export const stopTimeout = whole(2, 3600, "seconds")
  .default(30)
  .describe("Time between SIGTERM and SIGKILL when a task stops");

const plainAllowed = "text in quotes, without a password in a URL: put such a URL in secrets";
const plainValue = text(/^/, "text in quotes").refine(
  (value) => !/\w:\/\/[^/@\s:]*:[^/@\s]+@/.test(value),
  plainAllowed,
);

/**
 * Fields for plain and secret variables.
 *
 * @param reserved variables that the stack sets, so an environment must not
 */
export function variableFields(...reserved: readonly string[]) {
  const allowed = `a variable name such as LOG_LEVEL, none of ${reserved.join(", ")}`;
  const variable = text(/^[A-Za-z_]\w*$/, allowed).refine(
    (name) => !reserved.includes(name),
    allowed,
  );
  return {
    environment: z
      .record(variable, plainValue, "an object from variable name to text")
      .default({})
      .describe("Plain environment variables of the container; no secrets"),
    secrets: z
      .record(variable, secretReference, "an object from variable name to a secret or parameter")
      .default({})
      .describe(
        "Secret environment variables: the ARN of a Secrets Manager secret, or the ARN or /name of an SSM " +
          "parameter. ECS reads them when a task starts",
      ),
    secretKeyArns: listOf(kmsKeyArn, 0, "KMS key ARNs")
      .default([])
      .describe("Customer managed KMS keys that encrypt those secrets"),
  };
}

interface Variables {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** For `check`: a variable is either plain or secret. */
export function refuseBoth<Value extends Variables>({
  value,
  issues,
}: z.core.ParsePayload<Value>): void {
  for (const name of Object.keys(value.secrets)) {
    if (!Object.hasOwn(value.environment, name)) continue;
    const message = "a variable that environment does not set";
    issues.push({ code: "custom", input: value, path: ["secrets", name], message });
  }
}

const actionAllowed = "an action with service and name, such as s3:GetObject";
const resourceAllowed = "an ARN, or * for an action that does not support resources";
const conditionValue = either(
  Array.isArray,
  listOf(text(/^/, "text in quotes"), 1, "a list of 1 or more texts"),
  text(/^/, "text in quotes"),
);
const conditions = z.record(
  z.string(),
  z.record(
    z.string(),
    conditionValue,
    "an object from condition key to text, or to a list of texts",
  ),
  "an object from operator to condition keys",
);
export const statementsSchema = z
  .array(
    fields({
      Effect: oneOf(["Allow", "Deny"]).default("Allow").describe("As in an IAM policy"),
      Action: listOf(
        text(/^[a-z0-9-]+:[A-Za-z0-9*?]+$/, actionAllowed),
        1,
        "1 or more actions",
      ).describe("Actions"),
      Resource: listOf(text(/^(\*|arn:\S+)$/, resourceAllowed), 1, "1 or more ARNs").describe(
        "Resources",
      ),
      Condition: conditions.optional().describe("Condition, as in an IAM policy"),
    }),
    "a list of statements with Effect, Action, Resource, Condition",
  )
  .default([]);

export const containerHealthCheck = fields({
  command: text(/\S/, "a shell command such as node healthy.js").describe(
    "Shell command of the check. Exit code 0 means healthy",
  ),
  interval: whole(5, 300, "seconds").default(10).describe("Time between two checks"),
  timeout: whole(2, 60, "seconds").default(5).describe("Maximum duration of a check"),
  retries: whole(1, 10)
    .default(3)
    .describe("Consecutive failures after which the container is unhealthy"),
  startPeriod: whole(0, 300, "seconds")
    .default(60)
    .describe("Time after the start in which failures are ignored"),
});

/** The health check in the form that the container definition uses. */
export function checkInside({ command: shell, ...times }: z.output<typeof containerHealthCheck>) {
  return { shell, ...times };
}
