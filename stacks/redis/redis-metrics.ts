// Redis' own statistics as CloudWatch metrics, without an exporter or agent: CloudWatch extracts metrics from log
// lines in the embedded metric format
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).

export const metricsNamespace = "Redis";
/** The dimension of every metric. Its value is the ECS service's name. */
export const metricsDimension = "ServiceName";

/** The metrics with CloudWatch's units. AWS bills each as a custom metric. */
export const redisMetrics = {
  /** Share of `maxmemory`; 0 without a limit. */
  memory: { name: "MemoryUsed", unit: "Percent" },
  clients: { name: "Clients", unit: "Count" },
  /** Keys evicted since the last report. */
  evictions: { name: "Evictions", unit: "Count" },
  /** Commands since the last report. */
  commands: { name: "Commands", unit: "Count" },
  /** Average time of a command since the last report, without the time that it blocks. */
  commandTime: { name: "CommandTime", unit: "Microseconds" },
  /** 1 if the last write or rewrite of the append-only file failed. */
  appendFailed: { name: "AppendFailed", unit: "Count" },
} as const;

/** Timeout in seconds. INFO takes a millisecond; PING detects a server that does not reply. */
const answersWithin = 5;

/**
 * Shell lines for the health check, after a PONG. They write a line of JSON to the container's log through the
 * server's standard output, because the health check's output is not logged. The counters of the last report are
 * in `$mine`; `$pid` is the server. Failures are ignored, because they do not mean that the server is unhealthy.
 * `$SERVER_METRICS` is the value of the dimension; if it is empty, nothing is reported.
 */
export function reportMetrics(): string {
  const kept = '"$mine/counters"';
  return [
    `[ -z "$SERVER_METRICS" ] || [ -z "$pid" ] || timeout --foreground -s KILL ${answersWithin} redis-cli info all 2>/dev/null |`,
    `  awk -F '[:=,\\r]' -v service="$SERVER_METRICS" -v before="$(cat ${kept} 2>/dev/null)" -v now="$(date +%s)" -v kept=${kept} '`,
    ...program().map((line) => `    ${line}`),
    "  ' 2>/dev/null >>/proc/$pid/fd/1 || :",
  ].join("\n");
}

/** JSON inside an awk string. */
const text = (value: unknown): string => JSON.stringify(value).replaceAll('"', String.raw`\"`);

/** The awk program. It uses `%.0f`, because an integer may have more than 32 bits. */
function program(): string[] {
  const metrics = Object.values(redisMetrics);
  const directive = {
    Namespace: metricsNamespace,
    Dimensions: [[metricsDimension]],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  const values = metrics.map(({ name }) => `${text(name)}:%.0f`);
  const line = `{\\"_aws\\":{\\"Timestamp\\":%.0f000,\\"CloudWatchMetrics\\":[${text(directive)}]},${text(metricsDimension)}:${text("%s")},${values.join(",")}}\\n`;
  return [
    "/^used_memory:/ { used = $2 }",
    "/^maxmemory:/ { most = $2 }",
    "/^connected_clients:/ { clients = $2 }",
    "/^evicted_keys:/ { evicted = $2 }",
    "/^aof_last_(write|bgrewrite)_status:err/ { failed = 1 }",
    "/^cmdstat_/ { calls += $3; time += $5 }",
    "END {",
    '  if (used == "") exit',
    '  split(before, last, " ")',
    // After a restart, the server's counters begin at zero.
    '  if (calls < last[1]) split("", last)',
    "  done = calls - last[1]",
    `  printf "${line}", now, service, most ? 100 * used / most : 0, clients, evicted - last[3], done, done ? (time - last[2]) / done : 0, failed`,
    '  printf "%.0f %.0f %.0f\\n", calls, time, evicted > kept',
    "}",
  ];
}
