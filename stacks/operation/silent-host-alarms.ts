// Alarms for silent hosts. If a host or its agent stops responding, ECS still counts its tasks as running, and
// nothing replaces the host.

import type { AlarmDefinition } from "./alarm-definitions.ts";
import type { Metric } from "./metrics.ts";

export interface WatchedHosts {
  readonly cluster: string;
  /** Redis as a service, and the metric of its running tasks. */
  readonly redis?:
    | { readonly service: string; readonly running: Metric; readonly isStopped: boolean }
    | undefined;
  /** Name of the hosts' Auto Scaling group. Undefined for an existing cluster. */
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
  { service, running, isStopped }: NonNullable<WatchedHosts["redis"]>,
): AlarmDefinition {
  return {
    id: "redis_host_silent",
    description:
      "ECS counts Redis as running, but it has sent no metric for 10 minutes: its host or the agent " +
      "is silent, and ECS replaces neither. Terminate the host if Redis does not answer",
    watched: {
      running,
      // The agent sends one sample per minute for each running task
      // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html). The
      // running count is ECS's own, from the last report of the agent.
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
    // If all data is missing, the alarm redis_not_running covers it.
    missing: "notBreaching",
    isSilent: isStopped,
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
