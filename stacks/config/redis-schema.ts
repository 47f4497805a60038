import { z } from "zod";
import { externalRedisSchema } from "./external-redis-schema.ts";
import { either, fields, flag, oneOf, text, whole } from "./fields.ts";
import { cpuUnits, imageReference } from "./container-schema.ts";
import { mirrorPattern } from "./image-mirror.ts";
import { redisHealthCheckSchema } from "./redis-health-schema.ts";

/**
 * The default major version of the data. An image with another major version is refused: otherwise, a change of
 * only the image would upgrade the data, which cannot be undone.
 */
const defaultMajorVersion = 8;

// Redis could not wait for the writer lock in these images: they have no shell, or BusyBox's flock, which has no
// -w. Other images cannot be checked by name. They fail at start if they cannot lock.
const withoutLock = /alpine|busybox|distroless|chainguard|wolfi/i;
const imageAllowed =
  "a Debian image of Redis or Valkey with a version or digest, such as redis:8.0.4; " +
  "not latest, and not an image with Alpine, BusyBox or no shell, where flock cannot wait";
const image = text(imageReference, imageAllowed).refine(
  (value) => !withoutLock.test(value) && !/:latest(@|$)/.test(value),
  imageAllowed,
);

// Parameters for tuning. The stack sets the data folder, persistence, memory, password and port.
const parameterAllowed =
  "a tuning parameter of redis.conf: " +
  "maxclients, timeout, tcp-backlog, tcp-keepalive, databases, hz, io-threads, notify-keyspace-events, " +
  "maxmemory-samples, auto-aof-rewrite-..., active-..., lazyfree-..., slowlog-..., latency-..., " +
  "client-output-buffer-limit";
const parameter = text(
  /^(maxclients|timeout|tcp-(backlog|keepalive)|databases|hz|io-threads|notify-keyspace-events|maxmemory-samples|client-output-buffer-limit|activedefrag|(auto-aof-rewrite|active|lazyfree|slowlog|latency)-[a-z-]+)$/,
  parameterAllowed,
);

// The words become part of a command line. One that begins with -- would be another option.
const words = text(
  /^[A-Za-z0-9][\w.-]*( [A-Za-z0-9][\w.-]*)*$/,
  "words of letters, digits and _.- in quotes, each beginning with a letter or digit, such as 10000",
);

const kindAllowed = "one of service, external";

// Without the field, the next plan would delete the group.
const elastiCacheAllowed =
  "ElastiCache as an external Redis, once a removed block with destroy = false has taken its group out of the state: " +
  "the next plan deletes it otherwise (docs/elasticache.md#if-these-stacks-created-the-group)";

/** The fields of Redis as a service. */
export const serviceFields = {
  kind: z
    .literal("service", {
      error: ({ input }) =>
        input === "elasticache" ? `${kindAllowed}; ${elastiCacheAllowed}` : kindAllowed,
    })
    .default("service")
    .describe("Redis as an ECS service with an SRV record"),
  image: image
    // The same image as on Docker Hub, whose pull limit applies to all hosts behind one NAT address.
    .default("public.ecr.aws/docker/library/redis:8.0.4")
    .describe("Container image. It must run as 999:999, like the official Debian images"),
  imageMirror: text(
    mirrorPattern,
    "a prefix in ECR such as 111111111111.dkr.ecr.eu-central-1.amazonaws.com/ecr-public",
  )
    .optional()
    .describe(
      "ECR prefix from which hosts pull redis.image: that of a pull-through cache rule, or of copies that you " +
        "push under the same path. During a failover, a new host must pull the image",
    ),
  majorVersion: whole(6, 99)
    .optional()
    .describe(
      `Major version of the image; version 6 must be 6.2 or later. Default: ${defaultMajorVersion}. To upgrade, make a backup, then change both fields`,
    ),
  memory: whole(128, 262_144, "MiB")
    .default(512)
    .describe("Hard limit of the container. Redis uses at most `maxmemoryPercent` of it for data"),
  // While Redis rewrites its append-only file, the kernel copies each page that is written: with random writes to all keys
  // the data are in memory twice. Measured in a cgroup of 256 and 512 MiB: at 45 % Redis survives every rewrite, at 60 %
  // the kernel kills it at the first.
  maxmemoryPercent: whole(25, 75, "percent")
    .default(45)
    .describe(
      "Share of `memory` that Redis uses at most for data. The rest is for the rewrite of its file, during which " +
        "the kernel copies what is written. Above 45, many writes can end Redis (exit code 137)",
    ),
  cpu: whole(64, 65_536, cpuUnits).default(256).describe("CPU share"),
  // https://redis.io/docs/latest/develop/reference/eviction/
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
    .describe("Keys that Redis evicts when its memory is full"),
  appendfsync: oneOf(["everysec", "always"])
    .default("everysec")
    .describe(
      "When writes are synced to disk. `everysec`: a host failure loses up to two seconds of writes; `always`: it " +
        "loses nothing, but writes are slower",
    ),
  parameters: z
    .record(parameter, words, "an object from parameter to text")
    .default({})
    .describe("Additional parameters of redis.conf, for tuning"),
  modules: flag()
    .default(true)
    .describe(
      "Loads the modules of the image (Redis 8: Search, JSON, Bloom, TimeSeries). Without them, Redis does not start if the data contains their types",
    ),
  metrics: flag()
    .default(false)
    .describe(
      "Publishes Redis' own statistics as eight custom CloudWatch metrics, which AWS bills: share of maxmemory, " +
        "evictions, clients, commands and their time, failed writes of the append-only file, loading",
    ),
  stopped: flag()
    .default(false)
    .describe(
      "Stops Redis, for maintenance or a restore. The data stay, and no copies are made. Its alarms send nothing " +
        "but that its task has stopped. Clients find no record and wait",
    ),
  dnsTtl: whole(1, 300, "seconds").default(10).describe("TTL of the SRV record"),
  healthCheck: redisHealthCheckSchema,
  passwordVersion: whole(1, 1_000_000)
    .default(1)
    .describe(
      "Step of the rotation of Redis' two passwords. To rotate, increase it by one, as docs/operations.md describes: " +
        "an even number switches the app to the other password, an odd number replaces the unused one",
    ),
};

const plainService = fields(serviceFields, { beside: elastiCacheAllowed });
export type RedisServiceConfig = z.output<typeof plainService>;

function checkService<Value extends RedisServiceConfig>({
  value,
  issues,
}: z.core.ParsePayload<Value>): void {
  if (issues.length > 0) return;
  const named = majorVersionIn(value.image);
  if (value.majorVersion === undefined && named === undefined) {
    const message = "the major version of redis.image, because its tag has none";
    issues.push({ code: "custom", input: value, path: ["majorVersion"], message });
  }
  const major = majorVersionOf(value);
  if (named === undefined || named === major) return;
  const other =
    named > major
      ? `redis.majorVersion: ${named} to upgrade the data, which cannot be undone; make a backup first`
      : `redis.majorVersion: ${named} if no later version has written the data`;
  const message = `an image of version ${major}, or ${other}`;
  issues.push({ code: "custom", input: value, path: ["image"], message });
}

const serviceSchema = plainService.check(checkService);

function isExternal(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object(value).kind === "external";
}

export const redisSchema = either(isExternal, externalRedisSchema, serviceSchema)
  .prefault({})
  .describe("Redis: an ECS service, or an external server");

/** The major version of the data after the deploy. */
export function majorVersionOf({ majorVersion }: { majorVersion?: number | undefined }): number {
  return majorVersion ?? defaultMajorVersion;
}

/** Finds the major version in an image's tag. */
const majorVersionPattern = /:v?(\d{1,2})(?:[.-][\w.-]*)?(?:@|$)/;

/** The major version in an image's tag: 8 in `redis:8.0.4-bookworm`, undefined in `cache:stable`. */
function majorVersionIn(reference: string): number | undefined {
  const major = majorVersionPattern.exec(reference)?.[1];
  return major === undefined ? undefined : Number(major);
}
