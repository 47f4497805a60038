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
  /** Topics for messages when the condition begins and ends. */
  readonly topicArns: readonly string[];
  readonly dependencies: readonly ITerraformDependable[];
}

/** Creates an alarm in `scope`, with the id of its definition. */
export function metricAlarm(
  scope: Construct,
  {
    id,
    description,
    watched,
    when,
    threshold,
    minutes,
    missing,
    isSilent = false,
  }: AlarmDefinition,
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
    ...(isSilent && { actionsEnabled: false }),
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

/** A count metric has no data when the count is 0. SUM ignores missing data. */
function shareQuery({ parts, total, least }: Share): CloudwatchMetricAlarmMetricQuery[] {
  const counted = parts.map((part, index) => query(`part${index}`, part));
  return [
    {
      id: "share",
      label: "percent",
      // A failure in the load balancer may not be counted as a request.
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
