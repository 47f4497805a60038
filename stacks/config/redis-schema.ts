import { z } from "zod";
import { elastiCacheFields, soundElastiCache } from "./elasticache-schema.ts";
import { externalRedisSchema } from "./external-redis-schema.ts";
import { either, fields, flag, oneOf, text, whole } from "./fields.ts";
import { cpuUnits, imageReference } from "./container-schema.ts";
import { mirrorPattern } from "./image-mirror.ts";
import { dataPercent, maxmemoryPolicy, parametersField } from "./redis-fields.ts";
import { redisHealthCheckSchema } from "./redis-health-schema.ts";

/**
 * The major version of the data, unless an environment names another. An image of another version is
 * refused: a change of the image alone must not move data to a version without a way back.
 */
export const defaultMajorVersion = 8;

// These images have BusyBox's flock, which has no -w, or no shell: Redis could not wait for the
// writer lock. Names of other images tell nothing; they do not start without the lock.
export const withoutLock = /alpine|busybox|distroless|chainguard|wolfi/i;
export const imageAllowed =
  "a Debian image of Redis or Valkey with a version or digest, such as redis:8.0.4: " +
  "neither latest nor built on Alpine, BusyBox or without a shell, where flock cannot wait";
const image = text(imageReference, imageAllowed).refine(
  (value) => !withoutLock.test(value) && !/:latest(@|$)/.test(value),
  imageAllowed,
);

// What can be tuned. The stack itself sets data folder, persistence, memory, password and port.
const parameterAllowed =
  "a parameter of redis.conf that tunes: " +
  "maxclients, timeout, tcp-backlog, tcp-keepalive, databases, hz, io-threads, notify-keyspace-events, " +
  "maxmemory-samples, auto-aof-rewrite-..., active-..., lazyfree-..., slowlog-..., latency-..., " +
  "client-output-buffer-limit";
const parameters = parametersField(
  /^(maxclients|timeout|tcp-(backlog|keepalive)|databases|hz|io-threads|notify-keyspace-events|maxmemory-samples|client-output-buffer-limit|activedefrag|(auto-aof-rewrite|active|lazyfree|slowlog|latency)-[a-z-]+)$/,
  parameterAllowed,
);

/** The fields of Redis as a service. */
export const serviceFields = {
  kind: z
    .literal("service", "one of service, elasticache, external")
    .default("service")
    .describe("Redis as a separate ECS service, found by its SRV record"),
  image: image
    // The same image as on Docker Hub, whose pull limit counts everything behind one NAT address.
    .default("public.ecr.aws/docker/library/redis:8.0.4")
    .describe("Container image; its user is 999:999, as in the official Debian images"),
  imageMirror: text(
    mirrorPattern,
    "a place in ECR such as 111111111111.dkr.ecr.eu-central-1.amazonaws.com/ecr-public",
  )
    .optional()
    .describe(
      "Mirror in ECR that hosts pull redis.image from, by its path in its own registry: a pull-through " +
        "cache rule's prefix, or where you push copies. A host that never ran Redis pulls it in a failover",
    ),
  majorVersion: whole(6, 99)
    .optional()
    .describe(
      `Major version of the image, of 6 from 6.2 on. Default: ${defaultMajorVersion}. To upgrade, make a backup, then change both`,
    ),
  memory: whole(128, 262_144, "MiB")
    .default(512)
    .describe(`Hard limit of the container; Redis keeps at most ${dataPercent} % of it as data`),
  cpu: whole(64, 65_536, cpuUnits).default(256).describe("CPU share"),
  maxmemoryPolicy,
  appendfsync: oneOf(["everysec", "always"])
    .default("everysec")
    .describe(
      "When writes are on disk. `everysec`: a lost host loses up to two seconds of writes; `always`: it " +
        "loses nothing, but writes are slower",
    ),
  parameters: parameters.describe("Further parameters of redis.conf, for tuning"),
  modules: flag()
    .default(true)
    .describe(
      "Loads the modules that the image ships (Redis 8: Search, JSON, Bloom, TimeSeries); without them a Redis does not start on data that hold their types",
    ),
  metrics: flag()
    .default(false)
    .describe(
      "What Redis says of itself as six CloudWatch metrics, each billed as a custom metric: share of maxmemory, " +
        "evictions, clients, commands and their time, failed writes of the append-only file",
    ),
  dnsTtl: whole(1, 300, "seconds").default(10).describe("TTL of the SRV record"),
  healthCheck: redisHealthCheckSchema,
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

export const passwordVersion = whole(1, 1_000_000)
  .default(1)
  .describe(
    "The step of the rotation of the two passwords. Raise it by one, as docs/operations.md says: at even numbers " +
      "the app changes to the other password, at odd numbers the unused one gets a new value",
  );

// A service and ElastiCache can run at the same time, with one password for both.
const beside =
  "A second Redis while data moves: the app uses the first one, and finds this one in " +
  "REDIS_BESIDE_URL. To switch, exchange the two; to end it, remove this";
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
  .describe("Redis: a separate ECS service, ElastiCache, or an external server");

/** The major version of the data, or the one that they are upgraded to. */
export function majorVersionOf({ majorVersion }: { majorVersion?: number | undefined }): number {
  return majorVersion ?? defaultMajorVersion;
}

/** Finds the major version in an image's tag. */
export const majorVersionPattern = /:v?(\d{1,2})(?:[.-][\w.-]*)?(?:@|$)/;

/** The major version in an image's tag: 8 in `redis:8.0.4-bookworm`, undefined in `cache:stable`. */
function majorVersionIn(reference: string): number | undefined {
  const major = majorVersionPattern.exec(reference)?.[1];
  return major === undefined ? undefined : Number(major);
}
