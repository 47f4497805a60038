import { maxmemoryOf } from "./maxmemory.ts";
import { fieldOf, finding, forcedUnlessProtected, type Rule } from "./rule.ts";
import {
  type Container,
  efsMounts,
  type RedisTask,
  redisTasksOf,
  type Task,
  tasksOf,
} from "./tasks.ts";
import { at, type Resource, type Template, texts } from "./template.ts";

const silenceAlarms: Rule = {
  id: "silence-alarms",
  title: "For a metric that always has data in normal operation, missing data raises an alarm",
  source:
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
  remedy:
    "treat_missing_data breaching for RunningTaskCount, HealthyHostCount and EngineCPUUtilization, which have no data without a task or node",
  check: fieldOf("aws_cloudwatch_metric_alarm", "treat_missing_data", (missing, _, { body }) => {
    const isAlwaysThere = ["RunningTaskCount", "HealthyHostCount", "EngineCPUUtilization"].includes(
      String(body["metric_name"]),
    );
    return !isAlwaysThere || missing === "breaching";
  }),
};

const alarmsNotify: Rule = {
  id: "alarms-notify",
  title: "An alarm sends a message when it begins and when it ends",
  source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
  remedy: "alarm_actions and ok_actions with the topic's ARN",
  check: fieldOf("aws_cloudwatch_metric_alarm", "alarm_actions", (actions, _, { body }) =>
    [actions, body["ok_actions"]].every((list) => texts(list).length > 0),
  ),
};

const fullRedisAlarm: Rule = {
  id: "full-redis-alarm",
  title:
    "An alarm is raised before a full Redis refuses writes, unless Redis may evict any key. Redis refuses writes above maxmemory, a share of its container's memory",
  source: "https://redis.io/docs/latest/develop/reference/eviction/",
  remedy:
    "an alarm on MemoryUtilization of Redis' service with a threshold below maxmemory's share of the container's memory, or on Redis' own MemoryUsed with a threshold below 100",
  *check(template) {
    // Alarms are optional.
    if (template.all("aws_cloudwatch_metric_alarm").length === 0) return;
    for (const task of redisTasksOf(template)) {
      if (/--maxmemory-policy "?allkeys-/.test(task.redis.command)) continue;
      for (const service of task.services) {
        const alarms = memoryAlarmsOf(service, template);
        if (alarms.some((alarm) => thresholdOf(alarm) < refusedBeyond(alarm, task))) continue;
        yield finding(alarms[0] ?? service, "threshold", alarms.map(thresholdOf));
      }
    }
  },
};

function memoryAlarmsOf({ body }: Resource, template: Template): readonly Resource[] {
  return template
    .all("aws_cloudwatch_metric_alarm")
    .filter(({ body: { metric_name: name } }) => name === "MemoryUtilization" || isReported(name))
    .filter((alarm) => at(alarm.body, "dimensions.ServiceName") === body["name"]);
}

/** Whether the metric is Redis' own share of maxmemory. */
const isReported = (metric: unknown): boolean => metric === "MemoryUsed";

const thresholdOf = ({ body }: Resource): number => Number(body["threshold"]);

/** The value of the alarm's metric above which Redis refuses writes. */
const refusedBeyond = ({ body }: Resource, task: RedisTask): number =>
  isReported(body["metric_name"])
    ? 100
    : (100 * maxmemoryOf(task)) / Number(task.redis.body["memory"]);

const vaultForce: Rule = {
  id: "vault-force",
  title:
    "The backup vault of an unprotected environment can be destroyed with its backups; that of a protected one cannot",
  source:
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_vault",
  remedy: "force_destroy = true without protection, false with it",
  check: forcedUnlessProtected("aws_backup_vault"),
};

const wholeCopy: Rule = {
  id: "backup-has-copy",
  title:
    "A file system with backups has a complete copy of Redis' data, because a backup reads the live files at different times",
  source: "https://docs.aws.amazon.com/efs/latest/ug/awsbackup.html#backup-consistency",
  remedy:
    "a scheduled task that mounts Redis' access point and hard-links the files of the append-only file into a backup folder",
  *check(template) {
    const selections = template.all("aws_backup_selection");
    if (selections.length === 0) return;
    const copied = scheduledTasksOf(template).flatMap((task) =>
      task.containers
        .filter(({ command }) => /\bln "appendonlydir/.test(command))
        .flatMap((container) => accessPointsOf(task, container)),
    );
    for (const task of redisTasksOf(template)) {
      const own = accessPointsOf(task, task.redis);
      if (own.every((point) => copied.includes(point))) continue;
      yield finding(task.definition, "volume", own);
    }
  },
};

function scheduledTasksOf(template: Template): readonly Task[] {
  const scheduled = template
    .all("aws_scheduler_schedule")
    .map(({ body }) => template.find(at(body, "target.ecs_parameters.task_definition_arn")));
  return tasksOf(template).filter(({ definition }) => scheduled.includes(definition));
}

function accessPointsOf(task: Task, container: Container): readonly string[] {
  return efsMounts(task, container).map(({ efs }) =>
    String(at(efs, "authorization_config.access_point_id")),
  );
}

/** Alarms and backups. */
export const operationRules: readonly Rule[] = [
  silenceAlarms,
  alarmsNotify,
  fullRedisAlarm,
  wholeCopy,
  vaultForce,
];
