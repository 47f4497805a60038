import { metricsDimension, metricsNamespace, redisMetrics } from "../redis/redis-metrics.ts";

/** A CloudWatch metric for alarms and the dashboard. */
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
  readonly app: string;
  /** ECS names of other services, by their names in the environment. */
  readonly services: Readonly<Record<string, string>>;
  /** The names of the load balancer and its target group in CloudWatch. */
  readonly loadBalancer?: { readonly balancer: string; readonly targets: string } | undefined;
  /** Name of the queue for failed starts. */
  readonly deadLetters?: string | undefined;
  /** Undefined for an existing cluster, which may not scale. */
  readonly capacityProvider?: string | undefined;
}

export interface MeasuredRedis {
  readonly service: string;
  readonly fileSystemId: string;
  /** Whether Redis reports its own metrics. */
  readonly reports: boolean;
}

/**
 * The metrics of an environment. The numbers of tasks and hosts come from Container Insights, because ECS
 * itself does not publish them
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html).
 */
export function metricsOf(measured: Measured) {
  const { cluster, redis, loadBalancer, capacityProvider } = measured;
  return {
    ...(redis !== undefined && { redis: redisMetricsOf(cluster, redis) }),
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
function redisMetricsOf(cluster: string, redis: MeasuredRedis) {
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
    // Percentage of the resources that the task definition reserves.
    cpu: metric("AWS/ECS", "CPUUtilization", "Average", dimensions),
    memory: metric("AWS/ECS", "MemoryUtilization", "Average", dimensions),
    // Restarts per minute of containers with a restart policy.
    restarts: metric("ECS/ContainerInsights", "RestartCount", "Sum", dimensions),
  };
}

/** Redis' own metrics. */
function reportedMetrics(service: string) {
  const of = (key: keyof typeof redisMetrics, stat: string) =>
    metric(metricsNamespace, redisMetrics[key].name, stat, { [metricsDimension]: service });
  return {
    memory: of("memory", "Maximum"),
    resident: of("resident", "Maximum"),
    clients: of("clients", "Maximum"),
    evictions: of("evictions", "Sum"),
    commands: of("commands", "Sum"),
    commandTime: of("commandTime", "Average"),
    appendFailed: of("appendFailed", "Maximum"),
    loading: of("loading", "Minimum"),
  };
}

function fileSystemMetrics(id: string) {
  const of = (name: string, stat: string) => metric("AWS/EFS", name, stat, { FileSystemId: id });
  return {
    // Percentage of the I/O limit of the General Purpose performance mode.
    ioLimit: of("PercentIOLimit", "Average"),
    // Reported only in bursting mode.
    burstCredits: of("BurstCreditBalance", "Minimum"),
    connections: of("ClientConnections", "Sum"),
    read: of("DataReadIOBytes", "Sum"),
    written: of("DataWriteIOBytes", "Sum"),
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
