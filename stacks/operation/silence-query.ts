import type { CloudwatchMetricAlarmMetricQuery } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { Metric } from "./metrics.ts";

/** 1 while ECS counts running tasks of a service of which no agent reports anything; otherwise 0. */
export interface Silence {
  readonly running: Metric;
  readonly reports: Metric;
}

/** In metric math a metric without data drops out of a condition: FILL keeps it. */
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
