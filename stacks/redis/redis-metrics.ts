// Redis' own statistics as CloudWatch metrics, without an exporter or agent: a container beside Redis writes them to its
// log (`modules/redis/scripts/metrics.sh`).

export const metricsNamespace = "Redis";
/** The dimension of every metric. Its value is the ECS service's name. */
export const metricsDimension = "ServiceName";

/** The metrics, with CloudWatch's units. AWS bills each as a custom metric. */
export const redisMetrics = {
  /** Share of `maxmemory`; 0 without a limit. */
  memory: { name: "MemoryUsed", unit: "Percent" },
  /** Memory of the process as a share of `maxmemory`, so it may exceed 100; 0 without a limit. */
  resident: { name: "MemoryResident", unit: "Percent" },
  clients: { name: "Clients", unit: "Count" },
  /** Keys evicted since the last line. */
  evictions: { name: "Evictions", unit: "Count" },
  /** Commands since the last line. */
  commands: { name: "Commands", unit: "Count" },
  /** Average time of a command since the last line, without the time that it blocks. */
  commandTime: { name: "CommandTime", unit: "Microseconds" },
  /** 1 if the last write or rewrite of the append-only file failed. */
  appendFailed: { name: "AppendFailed", unit: "Count" },
  /** 1 while Redis loads its data, and serves nobody. */
  loading: { name: "Loading", unit: "Count" },
} as const;
