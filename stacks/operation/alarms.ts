import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { Construct } from "constructs";
import type { AlarmDefinition } from "./alarm-definitions.ts";
import type { Backup } from "./backup.ts";
import { backupCopy } from "../config/backups.ts";
import { AlarmTopic, type AlarmsConfig } from "./alarm-topic.ts";
import { metricAlarm } from "./metric-alarm.ts";
import {
  backupFailed,
  backupNotCopied,
  deploymentFailed,
  type Notice,
  type Noticed,
  redisStopped,
  taskFailed,
} from "./notices.ts";
import { serviceOf } from "../config/redis-kinds.ts";

export interface AlarmsProps extends Noticed {
  readonly config: AlarmsConfig;
  readonly definitions: readonly AlarmDefinition[];
  /** Undefined without backups. */
  readonly backup?: Pick<Backup, "vaultName" | "isCopied"> | undefined;
}

/** Sends a message to an SNS topic when a problem begins and when it ends. */
export class Alarms extends Construct {
  readonly arns: readonly string[];
  /** Names of the alarms that a bad release of the app raises. */
  readonly ofRelease: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const topic = new AlarmTopic(this, "topic", props);
    const made = props.definitions.map((definition) => {
      const name = nameOf(definition.id, props);
      const to = { name, topicArns: [topic.arn], dependencies: topic.dependencies };
      return { definition, alarm: metricAlarm(this, definition, to) };
    });
    this.arns = made.map(({ alarm }) => alarm.arn);
    this.ofRelease = made
      .filter(({ definition }) => definition.isOfRelease === true)
      .map(({ alarm }) => alarm.alarmName);
    if (serviceOf(props.environment) !== undefined) {
      this.notice("redis_stopped", redisStopped(props), props, topic);
    }
    for (const [name, who, service] of deployed(props)) {
      this.notice(`${name}_deployment_failed`, deploymentFailed(who, service, props), props, topic);
    }
    for (const task of Object.keys(props.environment.tasks)) {
      // The suffix keeps ids unique: a task may be named "backup".
      this.notice(`${task}_task_failed`, taskFailed(task, props), props, topic);
    }
    const { backup } = props;
    if (backup === undefined) return;
    this.notice("backup_failed", backupFailed(backup.vaultName), props, topic);
    this.notice("backup_copy_failed", taskFailed(backupCopy, props), props, topic);
    if (backup.isCopied) {
      this.notice("backup_not_copied", backupNotCopied(backup.vaultName, props), props, topic);
    }
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

/** Services whose circuit breaker rolls back a failed release. */
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
