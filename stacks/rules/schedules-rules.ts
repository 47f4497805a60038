import { fieldOf, finding, type Rule } from "./rule.ts";
import { sharesHostNetwork, tasksOf } from "./tasks.ts";
import {
  at,
  blocks,
  type Body,
  isAbout,
  type Resource,
  statements,
  type Template,
  text,
  texts,
} from "./template.ts";

const schedule = "aws_scheduler_schedule";

const deadLetters: Rule = {
  id: "schedule-dead-letters",
  title: "A failed start of a scheduled task is retried, then sent to a queue with the reason",
  source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html",
  remedy: "target with retry_policy and dead_letter_config",
  check: fieldOf(
    schedule,
    "target",
    (target) =>
      at(target, "dead_letter_config.arn") !== undefined &&
      Number(at(target, "retry_policy.maximum_retry_attempts")) > 0,
  ),
};

function definitionOf(template: Template, { body }: Resource) {
  const address = template.find(at(body, "target.ecs_parameters.task_definition_arn"))?.address;
  return tasksOf(template).find(({ definition }) => definition.address === address);
}

const scheduleNetworkMode: Rule = {
  id: "schedule-network-mode",
  title:
    "A scheduled task has a capacity provider or a launch type, and a network configuration only in awsvpc mode",
  source: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_EcsParameters.html",
  remedy:
    "ecs_parameters with exactly one of capacity_provider_strategy and launch_type, and network_configuration only for awsvpc",
  *check(template) {
    for (const each of template.all(schedule)) {
      const parameters = at(each.body, "target.ecs_parameters");
      const hasType = at(parameters, "launch_type") !== undefined;
      if (hasType === blocks(at(parameters, "capacity_provider_strategy")).length > 0) {
        yield finding(each, "target.ecs_parameters.launch_type");
      }
      const task = definitionOf(template, each);
      const groups = texts(at(parameters, "network_configuration.security_groups"));
      if (task !== undefined && sharesHostNetwork(task) !== (groups.length === 0)) {
        yield finding(each, "target.ecs_parameters.network_configuration");
      }
    }
  },
};

const narrowRole: Rule = {
  id: "schedule-role-narrow",
  title:
    "A schedule may start only its own task in its own cluster, and pass only that task's roles",
  source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html",
  remedy:
    "ecs:RunTask on one family with the condition ecs:cluster, iam:PassRole on the task's roles with iam:PassedToService",
  *check(template) {
    for (const each of template.all(schedule)) {
      const role = template.find(at(each.body, "target.role_arn"));
      const policy = template
        .all("aws_iam_role_policy")
        .find(({ body }) => role !== undefined && template.find(body["role"]) === role);
      const list = statements(policy?.body["policy"]);
      const isNarrow =
        isLimited(list, "ecs:RunTask", "ArnEquals", "ecs:cluster") &&
        isLimited(list, "iam:PassRole", "StringEquals", "iam:PassedToService");
      if (!isNarrow) yield finding(policy ?? each, policy ? "policy" : "target.role_arn");
    }
  },
};

function isLimited(list: readonly Body[], action: string, operator: string, key: string): boolean {
  const found = list.filter((each) => isAbout(each, action));
  return (
    found.length > 0 &&
    found.every((statement) => {
      const conditions = Object(Object(statement["Condition"])[operator]) as Body;
      const isEverything = [statement["Resource"]].flat().some((each) => text(each) === "*");
      return conditions[key] !== undefined && !isEverything;
    })
  );
}

/** Schedules: failed starts, network and permissions. */
export const scheduleRules: readonly Rule[] = [deadLetters, scheduleNetworkMode, narrowRole];
