import { z } from "zod";
import { either, fields, oneOf, text, whole } from "./fields.ts";

/** The services of an environment: Redis and the app. */

// A repository with a tag, a digest or both.
const imageReference =
  /^[a-z0-9][a-z0-9._/:-]*(:\w[\w.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/;
const cpuUnits = "CPU units, 1024 a core";

const redisImageAllowed =
  "a Debian image with an explicit version, such as redis:8.0.4, neither alpine nor latest";
const redisImage = text(imageReference, redisImageAllowed).refine(
  // BusyBox's flock, in Alpine images, has no -w: Redis could not wait for the writer lock.
  (image) => !/alpine/i.test(image) && !image.endsWith(":latest"),
  redisImageAllowed,
);

export const redisSchema = fields({
  kind: oneOf(["service"]).default("service").describe("Redis as an ECS service of its own"),
  image: redisImage
    // The same image as Docker Hub's, without its pull limit for all that is behind one NAT address.
    .default("public.ecr.aws/docker/library/redis:8.0.4")
    .describe("Container image; its user is 999:999, as in the official Debian images"),
  memory: whole(128, 262_144, "MiB")
    .default(512)
    .describe("Hard limit of the container; Redis keeps at most 75 % of it as data"),
  cpu: whole(64, 65_536, cpuUnits).default(256).describe("CPU share"),
  maxmemoryPolicy: oneOf([
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
  ])
    .default("noeviction")
    .describe("What Redis drops when its memory is full"),
  dnsTtl: whole(1, 300, "seconds").default(10).describe("TTL of the SRV record"),
  healthCheck: fields({
    interval: whole(5, 300, "seconds").default(10),
    timeout: whole(2, 60, "seconds").default(5),
    retries: whole(1, 10).default(6),
  })
    .prefault({})
    .describe("Redis is replaced when it stays silent for interval x retries"),
}).prefault({});

const imageAllowed = 'an image with a tag or digest, or { ssmParameter: "/name" }';
const appImage = either(
  (value) => typeof value === "object" && value !== null,
  fields({ ssmParameter: text(/^\/[\w./-]+$/, "a parameter name such as /dev/app/image") }),
  text(imageReference, imageAllowed),
);

/** Set by the stack: an environment of one's own may not redefine them. */
const reserved = ["AWS_REGION", "PORT", "REDIS_PASSWORD", "REDIS_URL"];
const variableAllowed = `a variable name such as LOG_LEVEL, none of ${reserved.join(", ")}`;
const variable = text(/^[A-Za-z_]\w*$/, variableAllowed).refine(
  (name) => !reserved.includes(name),
  variableAllowed,
);

const appHealthCheck = fields({
  path: text(/^\/[\w./~-]*$/, "a path such as /healthz"),
  interval: whole(5, 300, "seconds").default(10),
  timeout: whole(2, 120, "seconds").default(4),
  healthyThreshold: whole(2, 10).default(2),
  unhealthyThreshold: whole(2, 10).default(3),
}).refine(({ interval, timeout }) => timeout < interval, {
  path: ["timeout"],
  error: "less than interval",
});

export const appSchema = fields({
  image: appImage.describe("Literal, or the SSM parameter that a release pipeline writes"),
  port: whole(1, 65_535).default(3000).describe("Port the container listens on, also in its PORT"),
  desiredCount: whole(1, 1000).default(2).describe("Tasks that run"),
  memory: whole(32, 262_144, "MiB").default(256).describe("Hard limit of the container"),
  cpu: whole(32, 65_536, cpuUnits).default(128).describe("CPU share"),
  healthCheck: appHealthCheck.describe(
    "The load balancer's check: whether the app lives, not whether Redis does",
  ),
  deregistrationDelay: whole(0, 3600, "seconds")
    .default(30)
    .describe("Time for requests in flight when a task leaves the load balancer"),
  environment: z
    .record(variable, text(/^/, "text in quotes"), "an object from variable name to text")
    .default({})
    .describe("Plain environment variables of the container; no secrets"),
});
