// What Redis says of itself, as CloudWatch metrics. No exporter and no agent: CloudWatch reads metrics out
// of log lines in its embedded metric format, in every log group
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).

export const metricsNamespace = "Redis";
/** The dimension of every metric; its value is the ECS service's name. */
export const metricsDimension = "ServiceName";

/** The metrics by their keys here, with units of CloudWatch. Each is billed as a custom metric. */
export const redisMetrics = {
  /** Share of `maxmemory`, 0 where there is no limit. */
  memory: { name: "MemoryUsed", unit: "Percent" },
  clients: { name: "Clients", unit: "Count" },
  /** Keys evicted since the last report. */
  evictions: { name: "Evictions", unit: "Count" },
  /** Commands since the last report. */
  commands: { name: "Commands", unit: "Count" },
  /** Of a command since the last report, on average. Time in which it blocks is not counted. */
  commandTime: { name: "CommandTime", unit: "Microseconds" },
  /** 1 when the last write or the last rewrite of the append-only file failed. */
  appendFailed: { name: "AppendFailed", unit: "Count" },
} as const;

/** Seconds. INFO takes a millisecond; a server that does not answer is found out by PING. */
const answersWithin = 5;

/**
 * Lines of sh for the health check, once the server has answered with PONG: they write one line of JSON to
 * the log of the container, through the server's own standard output. The health check's output goes to no
 * log. Counters of the last report are in `$mine`; `$pid` is the server. Failures are ignored: they say
 * nothing of the server's health. `$SERVER_METRICS` is the value of the dimension; empty: no report.
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

/** JSON within a text of awk. */
const text = (value: unknown): string => JSON.stringify(value).replaceAll('"', String.raw`\"`);

/** awk; `%.0f`, since an integer may have more than 32 bits. */
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
    // A server that was started again counts from zero.
    '  if (calls < last[1]) split("", last)',
    "  done = calls - last[1]",
    `  printf "${line}", now, service, most ? 100 * used / most : 0, clients, evicted - last[3], done, done ? (time - last[2]) / done : 0, failed`,
    '  printf "%.0f %.0f %.0f\\n", calls, time, evicted > kept',
    "}",
  ];
}
