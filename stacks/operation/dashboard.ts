import type { Metric, Metrics } from "./metrics.ts";

export interface DashboardProps {
  readonly environment: string;
  readonly region: string;
  /** Description of Redis, as Markdown. */
  readonly about: string;
  readonly metrics: Metrics;
  /** ARNs of the alarms; may be empty. */
  readonly alarms: readonly string[];
}

interface Chart {
  readonly title: string;
  readonly lines: readonly { readonly metric: Metric; readonly label: string }[];
}

const width = 8;
const height = 6;
/** Width of the grid (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html). */
const columns = 24;

/** The body of a CloudWatch dashboard as JSON: three charts per row, Redis first. */
export function dashboardBody(props: DashboardProps): string {
  const { environment, region, about, metrics, alarms } = props;
  const header = {
    type: "text",
    x: 0,
    y: 0,
    width: columns,
    height: 2,
    properties: { markdown: `# ${environment}\n${about}` },
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

function chartsOf({ redis, app, services, hosts, loadBalancer, capacity }: Metrics): Chart[] {
  return [
    ...(redis === undefined ? [] : serviceCharts(redis)),
    chart("App: tasks", { running: app.running }),
    chart("App: percent of what it reserves", { memory: app.memory, CPU: app.cpu }),
    ...(loadBalancer === undefined ? [] : loadBalancerCharts(loadBalancer)),
    ...Object.entries(services).map(([name, { running, memory, cpu }]) =>
      chart(`${name}: tasks, and percent of what they reserve`, { running, memory, CPU: cpu }),
    ),
    chart("Hosts", { hosts: hosts.count }),
    chart("Hosts: percent reserved by tasks", {
      memory: hosts.reservedMemory,
      CPU: hosts.reservedCpu,
      ...(capacity !== undefined && { "hosts needed": capacity }),
    }),
  ];
}

function serviceCharts({ tasks, fileSystem, reported }: NonNullable<Metrics["redis"]>): Chart[] {
  return [
    chart("Redis: tasks, and restarts in place", {
      running: tasks.running,
      restarts: tasks.restarts,
    }),
    chart("Redis: percent of what it reserves", { memory: tasks.memory, CPU: tasks.cpu }),
    ...(reported === undefined ? [] : reportedCharts(reported)),
    chart("EFS: percent of its I/O limit", { "I/O limit": fileSystem.ioLimit }),
    chart("EFS: bytes a minute", { read: fileSystem.read, written: fileSystem.written }),
    chart("EFS: connections", { connections: fileSystem.connections }),
  ];
}

function reportedCharts(reported: NonNullable<NonNullable<Metrics["redis"]>["reported"]>): Chart[] {
  const { memory, resident, evictions, clients, commands, commandTime, appendFailed } = reported;
  return [
    chart("Redis: percent of maxmemory", { data: memory, process: resident }),
    chart("Redis: evictions a minute", { evictions }),
    chart("Redis: clients", { clients }),
    chart("Redis: commands a minute", { commands }),
    chart("Redis: microseconds a command, on average", { time: commandTime }),
    chart("Redis: append-only file, 1 where it failed", { failed: appendFailed }),
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

/** A metric in CloudWatch's array form: namespace, name, keys and values of dimensions, options. */
function line({ metric, label }: Chart["lines"][number]): unknown[] {
  const { namespace, name, dimensions, stat } = metric;
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat, label }];
}
