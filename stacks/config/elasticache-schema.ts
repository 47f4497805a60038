import { z } from "zod";
import { kmsKeyArn } from "./aws-ids.ts";
import { fields, oneOf, text, whole } from "./fields.ts";
import { maxmemoryPolicy, parametersField } from "./redis-fields.ts";
import { parseWindow, windowsMeet } from "./time-window.ts";

// Older versions lack TLS for a single shard or cannot change it in place, and are no longer supported.
const versions = { valkey: ["7.2", "8.0", "8.1", "8.2"], redis: ["7.0", "7.1"] } as const;
const versionAllowed = Object.entries(versions)
  .map(([engine, list]) => `${list.join(", ")} of ${engine}`)
  .join("; ");

const parameterAllowed =
  "a parameter that ElastiCache lets one tune: timeout, tcp-keepalive, databases, " +
  "notify-keyspace-events, maxmemory-samples, reserved-memory-percent, active-..., lazyfree-..., " +
  "slowlog-..., latency-..., client-output-buffer-limit-...";
const parameters = parametersField(
  /^(timeout|tcp-keepalive|databases|notify-keyspace-events|maxmemory-samples|reserved-memory-percent|activedefrag|(active|lazyfree|slowlog|latency|client-output-buffer-limit)-[a-z-]+)$/,
  parameterAllowed,
);

const dailyAllowed = "an hour or more of a day in UTC, such as 03:00-04:00";
const weeklyAllowed = "an hour to a day of a week in UTC, such as sun:05:00-sun:06:00";

export const elastiCacheFields = {
  kind: oneOf(["elasticache"]).describe("Redis as a replication group that ElastiCache runs"),
  engine: oneOf(["valkey", "redis"]).default("valkey").describe("Server software"),
  engineVersion: oneOf([...versions.valkey, ...versions.redis])
    .optional()
    .describe(
      "Version of the engine; AWS raises it only when this field does. Default: 8.0 of valkey, 7.1 of redis",
    ),
  // r6gd nodes keep a part of the data on disk (data tiering). Such a group cannot change to another node
  // type, and its snapshots cannot be exported
  // (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html).
  nodeType: text(
    /^cache\.(?!t[12]\.|m[123]\.|c1\.|r3\.|r6gd\.)[a-z]\w*\.\w+$/,
    "a node type such as cache.t4g.small, of a generation that can fail over, with all data in memory (not r6gd)",
  )
    .default("cache.t4g.small")
    .describe("Size of a node; its memory must fit data, buffers and a quarter for forks"),
  replicas: whole(0, 5)
    .default(1)
    .describe("Nodes in addition to the primary; with one or more, in other zones, one takes over"),
  maxmemoryPolicy,
  parameters: parameters.describe("Further parameters of the parameter group"),
  snapshotRetentionDays: whole(0, 35, "days")
    .default(7)
    .describe("How long a daily snapshot is kept; 0 for none"),
  snapshotWindow: text(/^\d\d:\d\d-\d\d:\d\d$/, dailyAllowed)
    .refine((value) => (parseWindow(value)?.minutes ?? 0) >= 60, dailyAllowed)
    .default("03:00-04:00")
    .describe("When the snapshot is made, in UTC"),
  maintenanceWindow: text(/^[a-z]{3}:\d\d:\d\d-[a-z]{3}:\d\d:\d\d$/, weeklyAllowed)
    .refine((value) => {
      const minutes = parseWindow(value)?.minutes ?? 0;
      return minutes >= 60 && minutes <= 24 * 60;
    }, weeklyAllowed)
    .default("sun:05:00-sun:06:00")
    .describe("When AWS patches nodes, in UTC; changes of a protected environment wait for it too"),
  kmsKeyArn: kmsKeyArn
    .optional()
    .describe("Key that encrypts data and snapshots; it cannot change later. Default: AWS's own"),
};

const plainElastiCache = fields(elastiCacheFields);
export type ElastiCacheConfig = z.output<typeof plainElastiCache>;

/** For `check`: the engine has that version, and the two windows do not overlap. */
export function soundElastiCache<Value extends ElastiCacheConfig>({
  value,
  issues,
}: z.core.ParsePayload<Value>): void {
  if (issues.length > 0) return;
  const allowed: readonly string[] = versions[value.engine];
  if (!allowed.includes(engineVersionOf(value))) {
    const message = `a version of ${value.engine}: ${allowed.join(", ")} (${versionAllowed})`;
    issues.push({ code: "custom", input: value, path: ["engineVersion"], message });
  }
  if (windowsMeet(value.snapshotWindow, value.maintenanceWindow)) {
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
