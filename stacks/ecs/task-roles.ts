import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Environment } from "../config/environment-schema.ts";
import { listedParts } from "../aws/listed-parts.ts";
import {
  arn,
  awsManagedPolicy,
  policyDocument,
  type Statement,
  trustTasksOf,
} from "../aws/policy.ts";
import { readSecrets } from "../aws/secret-access.ts";

export interface TaskRolesProps {
  /** Name of the service, for example `dev-redis`. */
  readonly name: string;
  readonly settings: Pick<Environment, "account" | "region" | "exec">;
  /** Log group of sessions with ECS Exec. */
  readonly execLogGroup?: string | undefined;
  /** ARNs in the containers' `secrets`. */
  readonly secrets: readonly string[];
  /** Customer managed KMS keys that encrypt those secrets. */
  readonly secretKeyArns?: readonly string[];
  /** Additional statements for pulling the image. */
  readonly pulled?: readonly Statement[];
  /** Statements for the program in the container. */
  readonly allowed: readonly Statement[];
  /** Managed policies for the program, in addition to `allowed`. */
  readonly policyArns?: readonly string[];
}

/**
 * The two roles of a task. ECS uses the execution role to pull the image, read the secrets and write
 * logs. The program in the container uses the task role.
 */
export class TaskRoles extends Construct {
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** Policies that a task needs while it runs. They must be created before its service and destroyed after it. */
  readonly dependencies: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    const assumeRolePolicy = trustTasksOf(props.settings.account);
    const execution = new IamRole(this, "execution", {
      name: `${props.name}-execution`,
      assumeRolePolicy,
    });
    const task = new IamRole(this, "task", { name: `${props.name}-task`, assumeRolePolicy });
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = task.arn;
    this.dependencies = [...this.forExecution(execution, props), ...this.forTask(task, props)];
  }

  private forExecution(role: IamRole, props: TaskRolesProps) {
    const { settings, secrets, secretKeyArns, pulled = [] } = props;
    const ecs = "service-role/AmazonECSTaskExecutionRolePolicy";
    return [
      new IamRolePolicyAttachment(this, "execution_ecs", {
        role: role.name,
        policyArn: awsManagedPolicy(settings.region, ecs),
      }),
      ...this.policy("execution_secrets", "secrets", role, readSecrets(secrets, secretKeyArns)),
      ...this.policy("execution_pull", "pull", role, pulled),
    ];
  }

  private forTask(role: IamRole, props: TaskRolesProps) {
    const { settings, allowed, policyArns = [] } = props;
    const statements = settings.exec ? [...allowed, execChannels, ...execLogs(props)] : allowed;
    return [
      ...this.policy("task_policy", "task", role, statements),
      ...listedParts({
        id: (policy) => `task_managed_${policy}`,
        values: policyArns,
        make: (id, policyArn) =>
          new IamRolePolicyAttachment(this, id, { role: role.name, policyArn }),
      }),
    ];
  }

  /** Creates no policy without statements, because IAM refuses an empty one. */
  private policy(id: string, name: string, role: IamRole, statements: readonly Statement[]) {
    if (statements.length === 0) return [];
    return [
      new IamRolePolicy(this, id, { name, role: role.id, policy: policyDocument(...statements) }),
    ];
  }
}

/**
 * The agent of ECS Exec uses Systems Manager with the task's role. These actions do not support resources
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html).
 */
export const execChannels: Statement = {
  Effect: "Allow",
  Action: [
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  Resource: "*",
};

/** The agent writes the log of a session with the same role. Only log groups of all names can be listed. */
function execLogs({ settings, execLogGroup }: TaskRolesProps): Statement[] {
  if (execLogGroup === undefined) return [];
  const streams = `log-group:${execLogGroup}:*`;
  return [
    { Effect: "Allow", Action: ["logs:DescribeLogGroups"], Resource: "*" },
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: arn("logs", settings.region, settings.account, streams),
    },
  ];
}
