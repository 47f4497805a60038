import { z } from "zod";
import { elastiCacheFields, soundElastiCache } from "./elasticache-schema.ts";
import { externalRedisSchema } from "./external-redis-schema.ts";
import { either, fields, oneOf, text, whole } from "./fields.ts";
import { cpuUnits, imageReference } from "./container-schema.ts";
import { maxmemoryPolicy, parametersField } from "./redis-fields.ts";

/** The Redis of an environment. */

/**
 * The major version that data are written in unless an environment names another. An image of any
 * other is then refused, so that no change of an image alone moves data to a version from which
 * there is no way back.
 */
const defaultMajorVersion = 8;

// Their flock is BusyBox's, which has no -w, or they have no shell: Redis could not wait for the
// writer lock. Of other images the name says nothing; without the lock they do not start.
const withoutLock = /alpine|busybox|distroless|chainguard|wolfi/i;
const imageAllowed =
  "a Debian image of Redis or Valkey with a version or digest, such as redis:8.0.4: " +
  "neither latest nor built on Alpine, BusyBox or without a shell, where flock cannot wait";
const image = text(imageReference, imageAllowed).refine(
  (value) => !withoutLock.test(value) && !/:latest(@|$)/.test(value),
  imageAllowed,
);

// What may be tuned without touching what the stack relies on: data folder, persistence, memory,
// password, port.
const parameterAllowed =
  "a parameter of redis.conf that tunes: " +
  "maxclients, timeout, tcp-keepalive, databases, hz, io-threads, notify-keyspace-events, " +
  "maxmemory-samples, auto-aof-rewrite-..., active-..., lazyfree-..., slowlog-..., latency-..., " +
  "client-output-buffer-limit";
const parameters = parametersField(
  /^(maxclients|timeout|tcp-keepalive|databases|hz|io-threads|notify-keyspace-events|maxmemory-samples|client-output-buffer-limit|activedefrag|(auto-aof-rewrite|active|lazyfree|slowlog|latency)-[a-z-]+)$/,
  parameterAllowed,
);

const serviceFields = {
  kind: z
    .literal("service", "one of service, elasticache, external")
    .default("service")
    .describe("Redis as an ECS service of its own, found by its SRV record"),
  image: image
    // The same image as Docker Hub's, without its pull limit for all that is behind one NAT address.
    .default("public.ecr.aws/docker/library/redis:8.0.4")
    .describe("Container image; its user is 999:999, as in the official Debian images"),
  majorVersion: whole(6, 99)
    .optional()
    .describe(
      `Major version of the image; left out: ${defaultMajorVersion}. An upgrade is a change of both, after a backup`,
    ),
  memory: whole(128, 262_144, "MiB")
    .default(512)
    .describe("Hard limit of the container; Redis keeps at most 75 % of it as data"),
  cpu: whole(64, 65_536, cpuUnits).default(256).describe("CPU share"),
  maxmemoryPolicy,
  appendfsync: oneOf(["everysec", "always"])
    .default("everysec")
    .describe(
      "When writes are on disk: a lost host loses a second, or nothing at the price of speed",
    ),
  parameters: parameters.describe("Further parameters of redis.conf, those that tune"),
  dnsTtl: whole(1, 300, "seconds").default(10).describe("TTL of the SRV record"),
  healthCheck: fields({
    interval: whole(5, 300, "seconds").default(10).describe("Time between two checks"),
    timeout: whole(2, 60, "seconds").default(5).describe("How long an answer may take"),
    retries: whole(1, 10).default(6).describe("Failures in a row that are silence"),
  })
    .prefault({})
    .describe("Redis is replaced when it stays silent for interval x retries"),
};

const plainService = fields(serviceFields);
export type RedisServiceConfig = z.output<typeof plainService>;

function soundService<Value extends RedisServiceConfig>({
  value,
  issues,
}: z.core.ParsePayload<Value>): void {
  if (issues.length > 0) return;
  const named = majorVersionIn(value.image);
  if (value.majorVersion === undefined && named === undefined) {
    const message = "the major version of redis.image, whose name does not tell it";
    issues.push({ code: "custom", input: value, path: ["majorVersion"], message });
  }
  const major = majorVersionOf(value);
  if (named === undefined || named === major) return;
  const other =
    named > major
      ? `after a backup, redis.majorVersion: ${named} to move the data on, from where there is no way back`
      : `redis.majorVersion: ${named} for data that no later version has written`;
  const message = `an image of version ${major}, or ${other}`;
  issues.push({ code: "custom", input: value, path: ["image"], message });
}

const passwordVersion = whole(1, 1_000_000)
  .default(1)
  .describe("Another number makes another password; how to go about it is in docs/operations.md");

// Of the two kinds that are made here each may stand beside the other, with one password for both.
const beside =
  "Another Redis that is there while data moves: the app uses the other one, and finds this one in " +
  "REDIS_BESIDE_URL. To change over, exchange the two; to end it, remove this";
const serviceSchema = fields({
  ...serviceFields,
  passwordVersion,
  beside: fields(elastiCacheFields).check(soundElastiCache).optional().describe(beside),
}).check(soundService);
const elastiCacheSchema = fields({
  ...elastiCacheFields,
  passwordVersion,
  beside: fields(serviceFields).check(soundService).optional().describe(beside),
}).check(soundElastiCache);

function isOfKind(kind: string): (value: unknown) => boolean {
  return (value) => typeof value === "object" && value !== null && Object(value).kind === kind;
}

export const redisSchema = either(
  isOfKind("elasticache"),
  elastiCacheSchema,
  either(isOfKind("external"), externalRedisSchema, serviceSchema),
)
  .prefault({})
  .describe("Redis: a service of its own on ECS, ElastiCache, or one that somebody else runs");

/** The major version that data are written in, or are moved on to. */
export function majorVersionOf({ majorVersion }: { majorVersion?: number | undefined }): number {
  return majorVersion ?? defaultMajorVersion;
}

/** The major version in an image's tag: 8 of `redis:8.0.4-bookworm`, undefined of `cache:stable`. */
function majorVersionIn(reference: string): number | undefined {
  const major = /:v?(\d{1,2})(?:[.-][\w.-]*)?(?:@|$)/.exec(reference)?.[1];
  return major === undefined ? undefined : Number(major);
}
