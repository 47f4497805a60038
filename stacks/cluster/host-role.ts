import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import type { Construct } from "constructs";
import { awsManagedPolicy, policyDocument, trustInstances } from "../aws/policy.ts";

/** The role of the hosts: for the ECS agent, and for shells through Session Manager. */
export function hostRole(scope: Construct, { name, region }: { name: string; region: string }) {
  const role = new IamRole(scope, "role", {
    name: `${name}-host`,
    assumeRolePolicy: trustInstances(),
  });
  const policies = [
    new IamRolePolicyAttachment(scope, "role_ecs", {
      role: role.name,
      policyArn: awsManagedPolicy(region, "service-role/AmazonEC2ContainerServiceforEC2Role"),
    }),
    new IamRolePolicy(scope, "role_shell", {
      name: "shell",
      role: role.id,
      policy: policyDocument(shell),
    }),
  ];
  return {
    profile: new IamInstanceProfile(scope, "profile", { name: `${name}-host`, role: role.name }),
    policies,
  };
}

/**
 * Allows a shell on a host without SSH, and nothing else. AmazonSSMManagedInstanceCore would also let hosts
 * read every parameter of the account
 * (https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html).
 * These actions do not support resources.
 */
const shell = {
  Effect: "Allow",
  Action: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  Resource: "*",
} as const;
