import type { Construct } from "constructs";
import { type AlarmDefinition, redisServiceAlarms } from "../operation/alarm-definitions.ts";
import { metricAlarm } from "../operation/metric-alarm.ts";
import { redisMetricsOf } from "../operation/metrics.ts";
import { silentHostAlarms } from "../operation/silent-host-alarms.ts";
import { listOf } from "./module-stack.ts";

const cluster = "${var.cluster_name}";
const service = "${var.name}";
const told = "length(var.alarm_topic_arns) > 0";
const mayBeFull = 'startswith(var.maxmemory_policy, "allkeys") == false';

/** An alarm of the module, and when there is one. */
interface ModuleAlarm {
  readonly definition: AlarmDefinition;
  readonly when: readonly string[];
}

/** The alarms of Redis, each where its condition holds and a topic is told. */
export function redisModuleAlarms(scope: Construct, fileSystemId: string): void {
  for (const { definition, when } of alarms(fileSystemId)) {
    const { id } = definition;
    const alarm = metricAlarm(scope, definition, {
      name: `${service}-${id.replaceAll(/^redis_|_reported$/g, "").replaceAll("_", "-")}`,
      topicArns: listOf("var.alarm_topic_arns"),
      dependencies: [],
    });
    alarm.addOverride("count", `\${${[told, ...when].join(" && ")} ? 1 : 0}`);
  }
}

const everyAlarm = { refusesWrites: true, mayBurst: true };

/** What an alarm needs beside a topic, by its id. */
const conditions: Readonly<Record<string, readonly string[]>> = {
  redis_full: ["var.metrics == false", mayBeFull],
  efs_burst_credits: ["var.file_system != null"],
};

/** The same of alarms that watch what Redis says of itself. */
const conditionsOfReported: Readonly<Record<string, readonly string[]>> = {
  redis_append: ["var.metrics"],
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

/** Two alarms on how full Redis is need two addresses. */
function reported(definition: AlarmDefinition): ModuleAlarm[] {
  const when = conditionsOfReported[definition.id];
  const id = definition.id === "redis_full" ? "redis_full_reported" : definition.id;
  return when === undefined ? [] : [{ definition: { ...definition, id }, when }];
}
