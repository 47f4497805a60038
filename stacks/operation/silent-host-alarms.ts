// Alarms from outside a host: when it or its agent falls silent, ECS goes on calling its tasks running,
// and nothing replaces the host.

import type { AlarmDefinition } from "./alarm-definitions.ts";
import type { Metric } from "./metrics.ts";

export interface WatchedHosts {
  readonly cluster: string;
  /** Redis as a service, and its count of running tasks. */
  readonly redis?: { readonly service: string; readonly running: Metric } | undefined;
  /** Only of a created cluster: the name of its group of hosts. */
  readonly group?: string | undefined;
}

export function silentHostAlarms({ cluster, redis, group }: WatchedHosts): AlarmDefinition[] {
  return [
    ...(redis === undefined ? [] : [redisSilent(cluster, redis)]),
    ...(group === undefined ? [] : [failedChecks(group)]),
  ];
}

function redisSilent(
  cluster: string,
  { service, running }: NonNullable<WatchedHosts["redis"]>,
): AlarmDefinition {
  return {
    id: "redis_host_silent",
    description:
      "ECS counts Redis as running, but it has sent no metric for 10 minutes: its host or the agent " +
      "is silent, and ECS replaces neither. Terminate the host if Redis does not answer",
    watched: {
      running,
      // The agent sends one sample a minute for each task that runs
      // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html). The
      // count of tasks is ECS's own, by what it was told last.
      reports: {
        namespace: "AWS/ECS",
        name: "MemoryUtilization",
        stat: "SampleCount",
        dimensions: { ClusterName: cluster, ServiceName: service },
      },
    },
    when: ">",
    threshold: 0,
    minutes: 10,
    // Without any data the alarm about a Redis that does not run reports it.
    missing: "notBreaching",
  };
}

function failedChecks(group: string): AlarmDefinition {
  return {
    id: "hosts_failed_checks",
    description: "A host fails EC2's status checks: what runs on it may be silent",
    watched: {
      namespace: "AWS/EC2",
      name: "StatusCheckFailed",
      stat: "Maximum",
      dimensions: { AutoScalingGroupName: group },
    },
    when: ">",
    threshold: 0,
    minutes: 5,
    missing: "notBreaching",
  };
}
