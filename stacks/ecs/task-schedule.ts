import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type ClusterParts, runsOn } from "../cluster/cluster.ts";
import type { Environment } from "../config/environment-schema.ts";
import { arn, policyDocument, type Statement, trustService } from "../aws/policy.ts";
import type { TaskNetwork } from "./task-network.ts";

export interface TaskScheduleProps {
  /** Name of the schedule and its role, and the family of the task definition. */
  readonly name: string;
  /** `rate(...)` or `cron(...)`, in UTC. */
  readonly schedule: string;
  /** Whether it starts nothing. @default false */
  readonly isPaused?: boolean;
  readonly settings: Pick<Environment, "account" | "region">;
  readonly cluster: ClusterParts;
  readonly network: Pick<TaskNetwork, "configuration">;
  readonly taskDefinitionArn: string;
  /** Roles of the task. */
  readonly roleArns: readonly string[];
  readonly deadLetterArn: string;
  readonly dependencies: readonly ITerraformDependable[];
}

/** Starts a task on a schedule. Failed starts are sent to a queue. */
export class TaskSchedule extends Construct {
  constructor(scope: Construct, id: string, props: TaskScheduleProps) {
    super(scope, id);
    const { name, schedule, cluster, network, taskDefinitionArn, deadLetterArn } = props;
    const role = new IamRole(this, "role", {
      name: `${name}-schedule`,
      assumeRolePolicy: trustService("scheduler.amazonaws.com", props.settings.account),
    });
    const rights = new IamRolePolicy(this, "rights", {
      name: "schedule",
      role: role.id,
      policy: policyDocument(...startTask(props)),
    });
    new SchedulerSchedule(this, "schedule", {
      name,
      scheduleExpression: schedule,
      scheduleExpressionTimezone: "UTC",
      flexibleTimeWindow: { mode: "OFF" },
      ...(props.isPaused && { state: "DISABLED" }),
      target: {
        arn: cluster.arn,
        roleArn: role.arn,
        // A new host starts within minutes. A start that is 15 minutes late is useless.
        retryPolicy: { maximumEventAgeInSeconds: 900, maximumRetryAttempts: 15 },
        deadLetterConfig: { arn: deadLetterArn },
        ecsParameters: {
          taskDefinitionArn,
          taskCount: 1,
          ...runsOn(cluster),
          ...(network.configuration && { networkConfiguration: network.configuration }),
          enableEcsManagedTags: true,
          propagateTags: "TASK_DEFINITION",
        },
      },
      dependsOn: [rights, ...props.dependencies],
    });
  }
}

/** The policy allows all revisions. With a revision, it would change in each deploy, and IAM changes take time. */
function startTask(props: TaskScheduleProps): Statement[] {
  const { name, settings, cluster, roleArns, deadLetterArn } = props;
  const { region, account } = settings;
  return [
    {
      Effect: "Allow",
      Action: "ecs:RunTask",
      Resource: arn("ecs", region, account, `task-definition/${name}:*`),
      Condition: { ArnEquals: { "ecs:cluster": cluster.arn } },
    },
    {
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: [...roleArns],
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
    {
      Effect: "Allow",
      Action: "ecs:TagResource",
      Resource: arn("ecs", region, account, `task/${cluster.name}/*`),
      Condition: taggedAtStart,
    },
    { Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterArn },
  ] satisfies Statement[];
}

/** The tags of the task definition are added to a task when it starts. */
const taggedAtStart = { StringEquals: { "ecs:CreateAction": "RunTask" } };
