import type { Metric, Metrics } from "./metrics.ts";

export interface DashboardProps {
  readonly environment: string;
  readonly region: string;
  readonly srvName: string;
  readonly metrics: Metrics;
  /** ARNs of the alarms; none where there are none. */
  readonly alarms: readonly string[];
}

interface Chart {
  readonly title: string;
  readonly lines: readonly { readonly metric: Metric; readonly label: string }[];
}

const width = 8;
const height = 6;
/** Of the grid (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html). */
const columns = 24;

/** The body of a CloudWatch dashboard: three charts a row, Redis first, plain JSON. */
export function dashboardBody(props: DashboardProps): string {
  const { environment, region, srvName, metrics, alarms } = props;
  const header = {
    type: "text",
    x: 0,
    y: 0,
    width: columns,
    height: 2,
    properties: { markdown: `# ${environment}\nRedis answers at \`${srvName}\` (SRV)` },
  };
  const status = {
    type: "alarm",
    x: 0,
    y: 2,
    width: columns,
    height: 3,
    properties: { title: "Alarms", alarms },
  };
  const above = alarms.length === 0 ? [header] : [header, status];
  const top = above.reduce((sum, widget) => sum + widget.height, 0);
  const charts = chartsOf(metrics).map(({ title, lines }, index) => ({
    type: "metric",
    x: (index * width) % columns,
    y: top + Math.floor((index * width) / columns) * height,
    width,
    height,
    properties: {
      title,
      region,
      view: "timeSeries",
      period: 60,
      metrics: lines.map(line),
    },
  }));
  return JSON.stringify({ widgets: [...above, ...charts] });
}

function chartsOf({ redis, app, fileSystem, hosts, loadBalancer, capacity }: Metrics): Chart[] {
  return [
    chart("Redis: tasks", { running: redis.running }),
    chart("Redis: percent of what it reserves", { memory: redis.memory, CPU: redis.cpu }),
    chart("EFS: percent of its I/O limit", { "I/O limit": fileSystem.ioLimit }),
    chart("EFS: bytes a minute", { read: fileSystem.read, written: fileSystem.written }),
    chart("EFS: connections", { connections: fileSystem.connections }),
    chart("App: tasks", { running: app.running }),
    chart("App: percent of what it reserves", { memory: app.memory, CPU: app.cpu }),
    ...(loadBalancer === undefined ? [] : loadBalancerCharts(loadBalancer)),
    chart("Hosts", { hosts: hosts.count }),
    chart("Hosts: percent reserved by tasks", {
      memory: hosts.reservedMemory,
      CPU: hosts.reservedCpu,
      ...(capacity !== undefined && { "hosts needed": capacity }),
    }),
  ];
}

function loadBalancerCharts(metrics: NonNullable<Metrics["loadBalancer"]>): Chart[] {
  return [
    chart("App: requests a minute", {
      requests: metrics.requests,
      "5xx of the app": metrics.appErrors,
      "5xx of the load balancer": metrics.balancerErrors,
    }),
    chart("App: response time, p99, seconds", { "response time": metrics.responseTime }),
    chart("App: healthy tasks", { healthy: metrics.healthyHosts }),
  ];
}

function chart(title: string, metrics: Readonly<Record<string, Metric>>): Chart {
  return {
    title,
    lines: Object.entries(metrics).map(([label, metric]) => ({ metric, label })),
  };
}

/** Namespace, name, dimensions by turns, and how it is drawn: the form that CloudWatch wants. */
function line({ metric, label }: Chart["lines"][number]): unknown[] {
  const { namespace, name, dimensions, stat } = metric;
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, label }];
}
