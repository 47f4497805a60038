import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { awsManagedPolicy, policyDocument, type Statement, trustTasksOf } from "./policy.ts";

export interface TaskRolesProps {
  /** Of the service, for example `dev-redis`. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly secretArns: readonly string[];
  /** What the program in the container may do. */
  readonly allowed: readonly Statement[];
}

/**
 * The two roles of a task: ECS takes on the execution role to pull the image, read the secrets and
 * write logs; the program inside has the task role.
 */
export class TaskRoles extends Construct {
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  /** Rights a task needs while it runs: granted before its service, revoked after it. */
  readonly grants: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: TaskRolesProps) {
    super(scope, id);
    const assumeRolePolicy = trustTasksOf(props.account);
    const execution = new IamRole(this, "execution", {
      name: `${props.name}-execution`,
      assumeRolePolicy,
    });
    const task = new IamRole(this, "task", { name: `${props.name}-task`, assumeRolePolicy });
    this.executionRoleArn = execution.arn;
    this.taskRoleArn = task.arn;
    this.grants = [
      new IamRolePolicyAttachment(this, "execution_ecs", {
        role: execution.name,
        policyArn: awsManagedPolicy(props.region, "service-role/AmazonECSTaskExecutionRolePolicy"),
      }),
      new IamRolePolicy(this, "execution_secrets", {
        name: "secrets",
        role: execution.id,
        policy: policyDocument({
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: props.secretArns,
        }),
      }),
      new IamRolePolicy(this, "task_policy", {
        name: "task",
        role: task.id,
        policy: policyDocument(...props.allowed),
      }),
    ];
  }
}
