import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import type { AlarmDefinition, Share } from "./alarm-definitions.ts";
import { backupCopy } from "./backup-copy.ts";
import { AlarmTopic, type AlarmsConfig } from "./alarm-topic.ts";
import type { Metric } from "./metrics.ts";
import { silenceQuery } from "./silence-query.ts";
import {
  backupFailed,
  deploymentFailed,
  type Notice,
  type Noticed,
  redisDeploymentFailed,
  redisStopped,
  taskFailed,
} from "./notices.ts";
import { serviceOf } from "../config/redis-kinds.ts";

export interface AlarmsProps extends Noticed {
  readonly config: AlarmsConfig;
  readonly definitions: readonly AlarmDefinition[];
  /** Vault of the backups, if there are any. */
  readonly backupVault?: string | undefined;
}

/** Tells people through SNS when something is wrong, and when it is over. */
export class Alarms extends Construct {
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const topic = new AlarmTopic(this, "topic", props);
    this.arns = props.definitions.map((definition) => this.alarm(definition, props, topic));
    if (serviceOf(props.environment) !== undefined) {
      this.notice("redis_stopped", redisStopped(props), props, topic);
      this.notice("redis_deployment_failed", redisDeploymentFailed(props), props, topic);
    }
    for (const [name, who, service] of deployed(props)) {
      this.notice(`${name}_deployment_failed`, deploymentFailed(who, service, props), props, topic);
    }
    for (const task of Object.keys(props.environment.tasks)) {
      this.notice(`${task}_failed`, taskFailed(task, props), props, topic);
    }
    if (props.backupVault !== undefined) {
      this.notice("backup_failed", backupFailed(props.backupVault), props, topic);
      this.notice("backup_copy_failed", taskFailed(backupCopy, props), props, topic);
    }
  }

  private alarm(definition: AlarmDefinition, props: AlarmsProps, topic: AlarmTopic): string {
    const { id, description, when, threshold, minutes, missing } = definition;
    return new CloudwatchMetricAlarm(this, id, {
      alarmName: nameOf(id, props),
      alarmDescription: description,
      ...watch(definition.watched),
      comparisonOperator: when === ">" ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold,
      evaluationPeriods: minutes,
      treatMissingData: missing,
      alarmActions: [topic.arn],
      okActions: [topic.arn],
      dependsOn: [...topic.dependencies],
    }).arn;
  }

  private notice(id: string, notice: Notice, props: AlarmsProps, topic: AlarmTopic): void {
    const rule = new CloudwatchEventRule(this, id, {
      name: nameOf(id, props),
      description: notice.description,
      eventPattern: JSON.stringify(notice.pattern),
    });
    new CloudwatchEventTarget(this, `${id}_target`, {
      rule: rule.name,
      arn: topic.arn,
      inputTransformer: { inputPaths: notice.paths, inputTemplate: JSON.stringify(notice.text) },
      dependsOn: [...topic.dependencies],
    });
  }
}

/** Services whose circuit breaker takes a failed release back. */
function deployed({ environment, names }: AlarmsProps): [id: string, who: string, name: string][] {
  return [
    ["app", "the app", names.app],
    ...Object.keys(environment.services).map((name): [string, string, string] => [
      name,
      name,
      names.service(name),
    ]),
  ];
}

function nameOf(id: string, { environment }: AlarmsProps): string {
  return `${environment.name}-${id.replaceAll("_", "-")}`;
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
