import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { AlarmDefinition, Share } from "./alarm-definitions.ts";
import type { Metric } from "./metrics.ts";
import { silenceQuery } from "./silence-query.ts";

export interface MetricAlarmProps {
  readonly name: string;
  /** Topics that are told when the condition begins, and when it is over. */
  readonly topicArns: readonly string[];
  readonly dependencies: readonly ITerraformDependable[];
}

/** An alarm on a metric. It belongs to `scope`, under the id of its definition. */
export function metricAlarm(
  scope: Construct,
  { id, description, watched, when, threshold, minutes, missing }: AlarmDefinition,
  { name, topicArns, dependencies }: MetricAlarmProps,
): CloudwatchMetricAlarm {
  return new CloudwatchMetricAlarm(scope, id, {
    alarmName: name,
    alarmDescription: description,
    ...watch(watched),
    comparisonOperator: when === ">" ? "GreaterThanThreshold" : "LessThanThreshold",
    threshold,
    evaluationPeriods: minutes,
    treatMissingData: missing,
    alarmActions: [...topicArns],
    okActions: [...topicArns],
    dependsOn: [...dependencies],
  });
}

function watch(
  watched: AlarmDefinition["watched"],
): Pick<
  CloudwatchMetricAlarmConfig,
  "namespace" | "metricName" | "dimensions" | "statistic" | "period" | "metricQuery"
> {
  if ("parts" in watched) return { metricQuery: shareQuery(watched) };
  if ("reports" in watched) return { metricQuery: silenceQuery(watched) };
  const { namespace, name, stat, dimensions } = watched;
  return { namespace, metricName: name, dimensions, statistic: stat, period: 60 };
}

/** In metric math a metric that counts nothing has no data; a sum leaves it out. */
function shareQuery({ parts, total, least }: Share): CloudwatchMetricAlarmMetricQuery[] {
  const counted = parts.map((part, index) => query(`part${index}`, part));
  return [
    {
      id: "share",
      label: "percent",
      // A failure before the app may not count as a request.
      expression: `IF(failed >= ${least}, IF(failed > FILL(total, 0), 100, 100 * failed / total), 0)`,
      returnData: true,
    },
    {
      id: "failed",
      expression: `SUM([${counted.map(({ id }) => id).join(", ")}])`,
      returnData: false,
    },
    ...counted,
    query("total", total),
  ];
}

function query(id: string, { name, namespace, stat, dimensions }: Metric) {
  return {
    id,
    returnData: false,
    metric: { metricName: name, namespace, stat, dimensions, period: 60 },
  };
}
