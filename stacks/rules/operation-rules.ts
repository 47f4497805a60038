import { fieldOf, forcedUnlessProtected, type Rule } from "./rule.ts";
import { texts } from "./template.ts";

const silenceAlarms: Rule = {
  id: "silence-alarms",
  title: "Where a metric is always there when all is well, its absence is an alarm",
  source:
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
  remedy:
    "treat_missing_data breaching for RunningTaskCount, HealthyHostCount and EngineCPUUtilization: with no task or node there is no data",
  check: fieldOf("aws_cloudwatch_metric_alarm", "treat_missing_data", (missing, _, { body }) => {
    const isAlwaysThere = ["RunningTaskCount", "HealthyHostCount", "EngineCPUUtilization"].includes(
      String(body["metric_name"]),
    );
    return !isAlwaysThere || missing === "breaching";
  }),
};

const alarmsReachSomebody: Rule = {
  id: "alarms-reach-somebody",
  title: "An alarm notifies people, also when it is over",
  source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html",
  remedy: "alarm_actions and ok_actions with the topic's ARN",
  check: fieldOf("aws_cloudwatch_metric_alarm", "alarm_actions", (actions, _, { body }) =>
    [actions, body["ok_actions"]].every((list) => texts(list).length > 0),
  ),
};

const vaultForce: Rule = {
  id: "vault-force",
  title:
    "The backup vault of an unprotected environment can be destroyed with what is in it; a protected one cannot",
  source:
    "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_vault",
  remedy: "force_destroy = true without protection, false with it",
  check: forcedUnlessProtected("aws_backup_vault"),
};

/** Alarms and backups. */
export const operationRules: readonly Rule[] = [silenceAlarms, alarmsReachSomebody, vaultForce];
