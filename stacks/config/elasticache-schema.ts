import { z } from "zod";
import { kmsKeyArn } from "./aws-ids.ts";
import { fields, oneOf, text, whole } from "./fields.ts";
import { maxmemoryPolicy, parametersField } from "./redis-fields.ts";
import { parseWindow, windowsOverlap } from "./time-window.ts";

// Older versions are no longer supported by AWS. They lack TLS for a single shard or cannot change it in place.
const versions = { valkey: ["7.2", "8.0", "8.1", "8.2"], redis: ["7.0", "7.1"] } as const;
const versionAllowed = Object.entries(versions)
  .map(([engine, list]) => `${list.join(", ")} of ${engine}`)
  .join("; ");

const parameterAllowed =
  "a parameter that ElastiCache allows to be changed: timeout, tcp-keepalive, databases, " +
  "notify-keyspace-events, maxmemory-samples, reserved-memory-percent, active-..., lazyfree-..., " +
  "slowlog-..., latency-..., client-output-buffer-limit-...";
const parameters = parametersField(
  /^(timeout|tcp-keepalive|databases|notify-keyspace-events|maxmemory-samples|reserved-memory-percent|activedefrag|(active|lazyfree|slowlog|latency|client-output-buffer-limit)-[a-z-]+)$/,
  parameterAllowed,
);

const dailyAllowed = "a daily window in UTC of an hour or more, such as 03:00-04:00";
const weeklyAllowed = "a weekly window in UTC of an hour to a day, such as sun:05:00-sun:06:00";

export const elastiCacheFields = {
  kind: oneOf(["elasticache"]).describe("Redis as an ElastiCache replication group"),
  engine: oneOf(["valkey", "redis"]).default("valkey").describe("Server software"),
  engineVersion: oneOf([...versions.valkey, ...versions.redis])
    .optional()
    .describe(
      "Version of the engine. AWS upgrades it only when this field changes. Default: 8.0 for valkey, 7.1 for redis",
    ),
  // r6gd nodes keep some of the data on disk (data tiering). Such a group cannot change to another node
  // type, and its snapshots cannot be exported
  // (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html).
  nodeType: text(
    /^cache\.(?!t[12]\.|m[123]\.|c1\.|r3\.|r6gd\.)[a-z]\w*\.\w+$/,
    "a node type such as cache.t4g.small that supports failover and keeps all data in memory (not r6gd)",
  )
    .default("cache.t4g.small")
    .describe(
      "Node type. Its memory must hold the data and buffers, with a quarter free for forks",
    ),
  replicas: whole(0, 5)
    .default(1)
    .describe(
      "Replicas in other zones. With one or more, a replica takes over if the primary fails",
    ),
  maxmemoryPolicy,
  parameters: parameters.describe("Further parameters of the parameter group"),
  snapshotRetentionDays: whole(0, 35, "days")
    .default(7)
    .describe("How long daily snapshots are kept. 0 turns them off"),
  snapshotWindow: text(/^\d\d:\d\d-\d\d:\d\d$/, dailyAllowed)
    .refine((value) => (parseWindow(value)?.minutes ?? 0) >= 60, dailyAllowed)
    .default("03:00-04:00")
    .describe("When the daily snapshot is made, in UTC"),
  maintenanceWindow: text(/^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/, weeklyAllowed)
    .refine((value) => {
      const minutes = parseWindow(value)?.minutes ?? 0;
      return minutes >= 60 && minutes <= 24 * 60;
    }, weeklyAllowed)
    .default("sun:05:00-sun:06:00")
    .describe(
      "When AWS patches nodes, in UTC. In a protected environment, changes are applied then too",
    ),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("KMS key for data and snapshots. It cannot change later. Default: the AWS owned key"),
};

const plainElastiCache = fields(elastiCacheFields);
export type ElastiCacheConfig = z.output<typeof plainElastiCache>;

/** For `check`: the engine must have the version, and the two windows must not overlap. */
export function checkElastiCache<Value extends ElastiCacheConfig>({
  value,
  issues,
}: z.core.ParsePayload<Value>): void {
  if (issues.length > 0) return;
  const allowed: readonly string[] = versions[value.engine];
  if (!allowed.includes(engineVersionOf(value))) {
    const message = `a version of ${value.engine}: ${allowed.join(", ")} (${versionAllowed})`;
    issues.push({ code: "custom", input: value, path: ["engineVersion"], message });
  }
  if (windowsOverlap(value.snapshotWindow, value.maintenanceWindow)) {
    const message = `a time outside maintenanceWindow, ${value.maintenanceWindow}`;
    issues.push({ code: "custom", input: value, path: ["snapshotWindow"], message });
  }
}

export function engineVersionOf({
  engine,
  engineVersion,
}: Pick<ElastiCacheConfig, "engine" | "engineVersion">): string {
  return engineVersion ?? { valkey: "8.0", redis: "7.1" }[engine];
}
