import type { CloudwatchMetricAlarmMetricQuery } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Metric } from "./metrics.ts";

/** 1 while ECS counts running tasks of a service but no agent sends metrics of them, else 0. */
export interface Silence {
  readonly running: Metric;
  readonly reports: Metric;
}

/** FILL is needed because a condition ignores a metric without data. */
export function silenceQuery({ running, reports }: Silence): CloudwatchMetricAlarmMetricQuery[] {
  return [
    {
      id: "silent",
      label: "silent",
      expression: "IF(FILL(running, 0) >= 1 AND FILL(reports, 0) < 1, 1, 0)",
      returnData: true,
    },
    ...Object.entries({ running, reports }).map(([id, { name, namespace, stat, dimensions }]) => ({
      id,
      returnData: false,
      metric: { metricName: name, namespace, stat, dimensions, period: 60 },
    })),
  ];
}
