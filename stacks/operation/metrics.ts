import { metricsDimension, metricsNamespace, redisMetrics } from "../redis/redis-metrics.ts";

/** One CloudWatch metric, as alarms and the dashboard name it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export interface Measured {
  readonly cluster: string;
  /** Redis as a service. */
  readonly redis?: MeasuredRedis | undefined;
  /** Of ElastiCache. */
  readonly nodeIds: readonly string[];
  readonly app: string;
  /** ECS names of other services, by their names in the environment. */
  readonly services: Readonly<Record<string, string>>;
  /** CloudWatch's names of the load balancer and its targets. */
  readonly loadBalancer?: { readonly balancer: string; readonly targets: string } | undefined;
  /** Queue of starts that failed. */
  readonly deadLetters?: string | undefined;
  /** Only of a created cluster: an existing one may not scale. */
  readonly capacityProvider?: string | undefined;
}

export interface MeasuredRedis {
  readonly service: string;
  readonly fileSystemId: string;
  /** Whether it reports metrics of its own. */
  readonly reports: boolean;
}

/**
 * The metrics of an environment. Counts of tasks and hosts come from Container Insights; ECS itself
 * publishes none
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html).
 */
export function metricsOf(measured: Measured) {
  const { cluster, redis, loadBalancer, capacityProvider } = measured;
  return {
    ...(redis !== undefined && { redis: redisMetricsOf(cluster, redis) }),
    nodes: measured.nodeIds.map((id) => nodeMetrics(id)),
    app: serviceMetrics(cluster, measured.app),
    services: Object.fromEntries(
      Object.entries(measured.services).map(([name, service]) => [
        name,
        serviceMetrics(cluster, service),
      ]),
    ),
    hosts: hostMetrics(cluster),
    ...(measured.deadLetters !== undefined && {
      notStarted: metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", {
        QueueName: measured.deadLetters,
      }),
    }),
    ...(capacityProvider !== undefined && {
      capacity: metric("AWS/ECS/ManagedScaling", "CapacityProviderReservation", "Average", {
        ClusterName: cluster,
        CapacityProviderName: capacityProvider,
      }),
    }),
    ...(loadBalancer !== undefined && { loadBalancer: loadBalancerMetrics(loadBalancer) }),
  };
}

export type Metrics = ReturnType<typeof metricsOf>;

/** The metrics of Redis as a service. */
export function redisMetricsOf(cluster: string, redis: MeasuredRedis) {
  return {
    tasks: serviceMetrics(cluster, redis.service),
    fileSystem: fileSystemMetrics(redis.fileSystemId),
    ...(redis.reports && { reported: reportedMetrics(redis.service) }),
  };
}

function metric(
  namespace: string,
  name: string,
  stat: string,
  dimensions: Readonly<Record<string, string>>,
): Metric {
  return { namespace, name, stat, dimensions };
}

function serviceMetrics(cluster: string, service: string) {
  const dimensions = { ClusterName: cluster, ServiceName: service };
  return {
    running: metric("ECS/ContainerInsights", "RunningTaskCount", "Maximum", dimensions),
    // Percent of what the task definition reserves.
    cpu: metric("AWS/ECS", "CPUUtilization", "Average", dimensions),
    memory: metric("AWS/ECS", "MemoryUtilization", "Average", dimensions),
    // Of containers with a restart policy, each minute's.
    restarts: metric("ECS/ContainerInsights", "RestartCount", "Sum", dimensions),
  };
}

/** What Redis says of itself. */
function reportedMetrics(service: string) {
  const of = (key: keyof typeof redisMetrics, stat: string) =>
    metric(metricsNamespace, redisMetrics[key].name, stat, { [metricsDimension]: service });
  return {
    memory: of("memory", "Maximum"),
    clients: of("clients", "Maximum"),
    evictions: of("evictions", "Sum"),
    commands: of("commands", "Sum"),
    commandTime: of("commandTime", "Average"),
    appendFailed: of("appendFailed", "Maximum"),
  };
}

function fileSystemMetrics(id: string) {
  const of = (name: string, stat: string) => metric("AWS/EFS", name, stat, { FileSystemId: id });
  return {
    // Percent of the operations a second of the General Purpose performance mode.
    ioLimit: of("PercentIOLimit", "Average"),
    // Only file systems in bursting mode report it.
    burstCredits: of("BurstCreditBalance", "Minimum"),
    connections: of("ClientConnections", "Sum"),
    read: of("DataReadIOBytes", "Sum"),
    written: of("DataWriteIOBytes", "Sum"),
  };
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html */
function nodeMetrics(id: string) {
  const of = (name: string, stat: string) =>
    metric("AWS/ElastiCache", name, stat, { CacheClusterId: id });
  return {
    id,
    memory: of("DatabaseMemoryUsagePercentage", "Maximum"),
    // The thread that executes commands; on nodes with several cores the CPU metric hides it.
    cpu: of("EngineCPUUtilization", "Average"),
    connections: of("CurrConnections", "Maximum"),
    evictions: of("Evictions", "Sum"),
    // Only replicas report it.
    lag: of("ReplicationLag", "Maximum"),
  };
}

function hostMetrics(cluster: string) {
  const dimensions = { ClusterName: cluster };
  return {
    count: metric("ECS/ContainerInsights", "ContainerInstanceCount", "Maximum", dimensions),
    reservedCpu: metric("AWS/ECS", "CPUReservation", "Average", dimensions),
    reservedMemory: metric("AWS/ECS", "MemoryReservation", "Average", dimensions),
  };
}

function loadBalancerMetrics({ balancer, targets }: { balancer: string; targets: string }) {
  const one = { LoadBalancer: balancer };
  const both = { LoadBalancer: balancer, TargetGroup: targets };
  const namespace = "AWS/ApplicationELB";
  return {
    requests: metric(namespace, "RequestCount", "Sum", one),
    appErrors: metric(namespace, "HTTPCode_Target_5XX_Count", "Sum", both),
    balancerErrors: metric(namespace, "HTTPCode_ELB_5XX_Count", "Sum", one),
    healthyHosts: metric(namespace, "HealthyHostCount", "Maximum", both),
    responseTime: metric(namespace, "TargetResponseTime", "p99", both),
  };
}
