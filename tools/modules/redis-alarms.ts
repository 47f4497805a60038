import type { Construct } from "constructs";
import {
  type AlarmDefinition,
  redisServiceAlarms,
} from "../../stacks/operation/alarm-definitions.ts";
import { metricAlarm } from "../../stacks/operation/metric-alarm.ts";
import { redisMetricsOf } from "../../stacks/operation/metrics.ts";
import { silentHostAlarms } from "../../stacks/operation/silent-host-alarms.ts";
import { listOf } from "./module-stack.ts";

const cluster = "${var.cluster_name}";
const service = "${var.name}";
const hasTopics = "length(var.alarm_topic_arns) > 0";
const mayBeFull = 'startswith(var.maxmemory_policy, "allkeys") == false';

/** An alarm of the module, and the conditions under which it is created. */
interface ModuleAlarm {
  readonly definition: AlarmDefinition;
  readonly when: readonly string[];
}

/** Creates the alarms of Redis. Each exists only if its conditions are true and there is a topic. */
export function redisModuleAlarms(scope: Construct, fileSystemId: string): void {
  for (const { definition, when } of alarms(fileSystemId)) {
    const { id } = definition;
    const alarm = metricAlarm(scope, definition, {
      name: `${service}-${id.replaceAll(/^redis_|_reported$/g, "").replaceAll("_", "-")}`,
      topicArns: listOf("var.alarm_topic_arns"),
      dependencies: [],
    });
    alarm.addOverride("count", `\${${[hasTopics, ...when].join(" && ")} ? 1 : 0}`);
  }
}

const everyAlarm = { refusesWrites: true, mayBurst: true };

/** Conditions of alarms, in addition to a topic, by id. */
const conditions: Readonly<Record<string, readonly string[]>> = {
  redis_memory: ["var.metrics == false"],
  redis_full: ["var.metrics == false", mayBeFull],
  efs_burst_credits: ["var.file_system != null"],
};

/** Conditions of alarms on Redis' own metrics, by id. */
const conditionsOfReported: Readonly<Record<string, readonly string[]>> = {
  redis_append: ["var.metrics"],
  redis_no_metrics: ["var.metrics"],
  redis_memory: ["var.metrics"],
  redis_full: ["var.metrics", mayBeFull],
};

function alarms(fileSystemId: string): ModuleAlarm[] {
  const [usual, reporting] = [
    redisMetricsOf(cluster, { service, fileSystemId, reports: false }),
    redisMetricsOf(cluster, { service, fileSystemId, reports: true }),
  ];
  const silent = silentHostAlarms({ cluster, redis: { service, running: usual.tasks.running } });
  return [
    ...[...redisServiceAlarms(usual, everyAlarm), ...silent].map((definition) => ({
      definition,
      when: conditions[definition.id] ?? [],
    })),
    ...redisServiceAlarms(reporting, everyAlarm).flatMap((definition) => reported(definition)),
  ];
}

/** There are two variants of some alarms, so they need two ids. */
function reported(definition: AlarmDefinition): ModuleAlarm[] {
  const when = conditionsOfReported[definition.id];
  const id = definition.id in conditions ? `${definition.id}_reported` : definition.id;
  return when === undefined ? [] : [{ definition: { ...definition, id }, when }];
}
