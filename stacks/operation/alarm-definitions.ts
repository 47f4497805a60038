import type { Metric, Metrics } from "./metrics.ts";
import type { Silence } from "./silence-query.ts";

/** A condition, and how long it must last before the alarm is raised. */
export interface AlarmDefinition {
  /** Id of the resource. The alarm's name is the environment's name and this id. */
  readonly id: string;
  readonly description: string;
  readonly watched: Metric | Share | Silence;
  readonly when: ">" | "<";
  readonly threshold: number;
  /** Consecutive minutes of the condition. */
  readonly minutes: number;
  /** How to treat missing data: `breaching` for metrics that always have data in normal operation. */
  readonly missing: "breaching" | "notBreaching";
  /** Whether it sends no message, because what it watches is stopped on purpose. */
  readonly isSilent?: boolean;
  /** Whether a bad release of the app raises it. Alarms of Redis must not end a release. */
  readonly isOfRelease?: boolean;
}

/** The sum of `parts` as a percentage of `total`; 0 if the sum is less than `least`. */
export interface Share {
  readonly parts: readonly Metric[];
  readonly total: Metric;
  readonly least: number;
}

export interface Expected {
  readonly metrics: Metrics;
  /** Expected number of the app's tasks. */
  readonly appTasks: number;
  /** Expected number of tasks of each other service, by name. */
  readonly serviceTasks: Readonly<Record<string, number>>;
  /** Whether Redis is stopped on purpose. */
  readonly isRedisStopped: boolean;
  /** Percentage of the container's memory that Redis may fill with data. */
  readonly dataPercent: number;
  /** Whether Redis refuses writes when it is full. It does not if it may evict any key. */
  readonly refusesWrites: boolean;
  /** Whether the file system may be in bursting mode. An existing one may be. */
  readonly mayBurst: boolean;
}

type ExpectedOfRedis = Omit<Expected, "metrics" | "appTasks" | "serviceTasks">;

const gibibyte = 1024 ** 3;

/** The alarms of an environment. */
export function alarmDefinitions({
  metrics,
  appTasks,
  serviceTasks,
  ...redis
}: Expected): AlarmDefinition[] {
  return [
    ...(metrics.redis === undefined ? [] : redisServiceAlarms(metrics.redis, redis)),
    tasksMissing("app", "The app", metrics.app.running, appTasks),
    ...Object.entries(metrics.services).map(([name, { running }]) =>
      tasksMissing(name, `The service ${name}`, running, serviceTasks[name] ?? 1),
    ),
    ...(metrics.notStarted === undefined ? [] : [notStartedAlarm(metrics.notStarted)]),
    ...(metrics.loadBalancer === undefined ? [] : loadBalancerAlarms(metrics.loadBalancer)),
    ...(metrics.capacity === undefined ? [] : [capacityAlarm(metrics.capacity)]),
  ];
}

/** The alarms of Redis as a service, and of its file system. */
function redisServiceAlarms(
  redis: NonNullable<Metrics["redis"]>,
  { isRedisStopped, dataPercent, refusesWrites, mayBurst }: ExpectedOfRedis,
): AlarmDefinition[] {
  return [
    ...redisAlarms(redis, dataPercent),
    ...(redis.reported === undefined ? [] : reportedAlarms(redis.reported)),
    ...(refusesWrites ? [fullAlarm(redis, dataPercent)] : []),
    ...fileSystemAlarms(redis, mayBurst),
  ].map((definition) => ({ ...definition, isSilent: isRedisStopped }));
}

function tasksMissing(
  id: string,
  who: string,
  watched: Metric,
  threshold: number,
): AlarmDefinition {
  return {
    id: `${id}_tasks_missing`,
    description: `${who} runs with fewer tasks than it should: they fail, or no host has room`,
    watched,
    when: "<",
    threshold,
    minutes: 15,
    missing: "breaching",
  };
}

function redisAlarms(
  { tasks, reported }: NonNullable<Metrics["redis"]>,
  dataPercent: number,
): AlarmDefinition[] {
  return [
    {
      id: "redis_not_running",
      // During a deploy, Redis' old task takes up to two minutes to stop before the new one starts.
      description: "Redis has not run for five minutes",
      watched: tasks.running,
      when: "<",
      threshold: 1,
      minutes: 5,
      missing: "breaching",
    },
    {
      id: "redis_memory",
      // A fork needs more memory for seconds or a few minutes, which is no reason for an alarm.
      description: "The memory of Redis is nearly full: beyond its limit the kernel kills it",
      // The container's memory includes files that the kernel keeps in memory, so it may be high after a load.
      watched: reported?.resident ?? tasks.memory,
      when: ">",
      threshold: reported === undefined ? 90 : Math.floor((90 * 100) / dataPercent),
      minutes: 10,
      missing: "notBreaching",
    },
    {
      id: "redis_restarts",
      description:
        "Redis, or the container that reports its metrics, crashed and was restarted in its task. No task stopped, so nothing else reports it",
      watched: tasks.restarts,
      when: ">",
      threshold: 0,
      minutes: 1,
      missing: "notBreaching",
    },
  ];
}

/** The alarms of a Redis that still replies, so ECS does not replace it. */
function reportedAlarms({
  appendFailed,
  clients,
  loading,
}: NonNullable<NonNullable<Metrics["redis"]>["reported"]>): AlarmDefinition[] {
  return [
    {
      id: "redis_append",
      description:
        "Redis could not write or rewrite its append-only file: it refuses writes, or its file grows without end",
      watched: appendFailed,
      when: ">",
      threshold: 0,
      minutes: 1,
      missing: "notBreaching",
    },
    {
      id: "redis_loading",
      description:
        "Redis has loaded its data for ten minutes and serves nobody: the file is large, or the file system is slow",
      watched: loading,
      when: ">",
      threshold: 0,
      minutes: 10,
      missing: "notBreaching",
    },
    {
      id: "redis_no_metrics",
      description:
        "Redis has reported no metrics for ten minutes: no client can connect (maxclients), or it does not reply",
      // The client that reads the metrics is one.
      watched: clients,
      when: "<",
      threshold: 1,
      minutes: 10,
      missing: "breaching",
    },
  ];
}

/**
 * Not for a Redis that may evict any key, which is always full. Uses Redis' own metrics if it reports them, else
 * the container's memory: nine tenths of the limit for data. That limit does not include fragmentation and Redis' own
 * buffers, so Redis refuses writes only some time after the alarm.
 */
function fullAlarm(
  { tasks, reported }: NonNullable<Metrics["redis"]>,
  dataPercent: number,
): AlarmDefinition {
  return {
    id: "redis_full",
    description:
      "The data of Redis fill nine tenths of their limit. At the limit Redis refuses every write. Give Redis more memory",
    watched: reported?.memory ?? tasks.memory,
    when: ">",
    threshold: reported === undefined ? Math.floor(dataPercent * 0.9) : 90,
    minutes: 5,
    missing: "notBreaching",
  };
}

function fileSystemAlarms(
  { fileSystem }: NonNullable<Metrics["redis"]>,
  mayBurst: boolean,
): AlarmDefinition[] {
  const ioLimit: AlarmDefinition = {
    id: "efs_io_limit",
    description: "EFS is near its limit of operations a second: Redis' writes to disk wait",
    watched: fileSystem.ioLimit,
    when: ">",
    threshold: 90,
    minutes: 15,
    missing: "notBreaching",
  };
  const burstCredits: AlarmDefinition = {
    id: "efs_burst_credits",
    // At 100 MiB/s, the burst rate of a small file system, 100 GiB last for 17 minutes.
    description: "EFS has less than 100 GiB of burst credits left: then writes to disk crawl",
    watched: fileSystem.burstCredits,
    when: "<",
    threshold: 100 * gibibyte,
    minutes: 15,
    missing: "notBreaching",
  };
  return mayBurst ? [ioLimit, burstCredits] : [ioLimit];
}

function loadBalancerAlarms(metrics: NonNullable<Metrics["loadBalancer"]>): AlarmDefinition[] {
  return [
    {
      id: "app_errors",
      description: "More than 5 % of requests end with a 5xx of the app or of its load balancer",
      watched: {
        parts: [metrics.appErrors, metrics.balancerErrors],
        total: metrics.requests,
        // In a minute with few requests, one failure would be a high percentage.
        least: 5,
      },
      when: ">",
      threshold: 5,
      minutes: 5,
      missing: "notBreaching",
      isOfRelease: true,
    },
    {
      id: "app_no_healthy_host",
      description: "No task of the app is healthy behind the load balancer: every request fails",
      watched: metrics.healthyHosts,
      when: "<",
      threshold: 1,
      minutes: 3,
      missing: "breaching",
      isOfRelease: true,
    },
  ];
}

function notStartedAlarm(waiting: Metric): AlarmDefinition {
  return {
    id: "tasks_not_started",
    description:
      "A schedule could not start its task: the queue says which and why, until it is emptied",
    watched: waiting,
    when: ">",
    threshold: 0,
    minutes: 1,
    missing: "notBreaching",
  };
}

/** Above 100 percent, more hosts are needed than are running (the target capacity is 100). */
function capacityAlarm(capacity: Metric): AlarmDefinition {
  return {
    id: "hosts_missing",
    description:
      "Tasks have waited 15 minutes for hosts: raise cluster.maxHosts, or find out why none starts",
    watched: capacity,
    when: ">",
    threshold: 100,
    minutes: 15,
    missing: "notBreaching",
  };
}
