import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js";
import { Construct } from "constructs";
import type { AlarmDefinition, Share } from "./alarm-definitions.ts";
import { AlarmTopic, type AlarmsConfig } from "./alarm-topic.ts";
import type { ClusterParts } from "./cluster.ts";
import type { Environment } from "./config.ts";
import type { Metric } from "./metrics.ts";
import type { Names } from "./names.ts";
import { arn } from "./policy.ts";

export interface AlarmsProps {
  readonly config: AlarmsConfig;
  readonly environment: Environment;
  readonly names: Names;
  readonly definitions: readonly AlarmDefinition[];
  readonly cluster: Pick<ClusterParts, "arn" | "name">;
  /** Of the backups, if there are any. */
  readonly backupVault?: string | undefined;
}

/** What an event is, and what is said of it. */
interface Notice {
  readonly description: string;
  readonly pattern: object;
  /** Names of parts of the event, by JSON path. */
  readonly paths: Readonly<Record<string, string>>;
  /** With the names in angle brackets. */
  readonly text: string;
}

/** Tells people through SNS when something is wrong, and when it is well again. */
export class Alarms extends Construct {
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const topic = new AlarmTopic(this, "topic", props);
    this.arns = props.definitions.map((definition) => this.alarm(definition, props, topic));
    if (props.environment.redis.kind === "service") {
      this.notice("redis_stopped", redisStopped(props), props, topic);
    }
    this.notice("app_deployment_failed", appDeploymentFailed(props), props, topic);
    if (props.backupVault !== undefined) {
      this.notice("backup_failed", backupFailed(props.backupVault), props, topic);
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
      dependsOn: [...topic.publishable],
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
      dependsOn: [...topic.publishable],
    });
  }
}

function nameOf(id: string, { environment }: AlarmsProps): string {
  return `${environment.name}-${id.replaceAll("_", "-")}`;
}

/** Every stop with its reason: a count would hide that, and Redis stops so rarely that none is noise. */
function redisStopped({ environment, names, cluster }: AlarmsProps): Notice {
  return {
    description: "Redis stopped, for whatever reason",
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Task State Change"],
      detail: {
        clusterArn: [cluster.arn],
        group: [`service:${names.redis}`],
        lastStatus: ["STOPPED"],
      },
    },
    paths: {
      code: "$.detail.stopCode",
      reason: "$.detail.stoppedReason",
      task: "$.detail.taskArn",
      time: "$.time",
    },
    text: `Redis of ${environment.name} stopped at <time> (<code>: <reason>); ECS starts another. It was <task>`,
  };
}

/** The circuit breaker goes back by itself, so nothing else would tell. */
function appDeploymentFailed({ environment, names, cluster }: AlarmsProps): Notice {
  const { name, region, account } = environment;
  return {
    description: "A deployment of the app failed and was taken back",
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Deployment State Change"],
      resources: [arn("ecs", region, account, `service/${cluster.name}/${names.app}`)],
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
    },
    paths: { reason: "$.detail.reason", time: "$.time" },
    text:
      `A deployment of the app of ${name} failed at <time> (<reason>); ` +
      "the version before it goes on running",
  };
}

function backupFailed(vault: string): Notice {
  return {
    description: "A backup was not made",
    pattern: {
      source: ["aws.backup"],
      "detail-type": ["Backup Job State Change"],
      detail: { state: ["FAILED", "ABORTED", "EXPIRED"], backupVaultName: [vault] },
    },
    paths: { state: "$.detail.state", job: "$.detail.backupJobId", time: "$.time" },
    text: `Backup job <job> into ${vault} ended as <state> at <time>`,
  };
}

function watch(
  watched: Metric | Share,
): Pick<
  CloudwatchMetricAlarmConfig,
  "namespace" | "metricName" | "dimensions" | "statistic" | "period" | "metricQuery"
> {
  if ("parts" in watched) return { metricQuery: shareQuery(watched) };
  const { namespace, name, stat, dimensions } = watched;
  return { namespace, metricName: name, dimensions, statistic: stat, period: 60 };
}

/** In metric math, where a metric that counts nothing has no data at all: a sum leaves it out. */
function shareQuery({ parts, total, least }: Share): CloudwatchMetricAlarmMetricQuery[] {
  const counted = parts.map((part, index) => query(`part${index}`, part));
  return [
    {
      id: "share",
      label: "percent",
      // What fails before it reaches the app may not count as a request.
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
