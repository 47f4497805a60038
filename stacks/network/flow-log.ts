import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { FlowLog as VpcFlowLog } from "@cdktf/provider-aws/lib/flow-log/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { Construct } from "constructs";
import type { LogSettings } from "../aws/log-settings.ts";
import { policyDocument, trustService } from "../aws/policy.ts";

export interface FlowLogProps {
  readonly vpcId: string;
  readonly name: string;
  readonly account: string;
  readonly logs: LogSettings;
}

/** Records accepted and rejected connections in a VPC, in a new log group. */
export class FlowLog extends Construct {
  constructor(scope: Construct, id: string, { vpcId, name, account, logs }: FlowLogProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, "log", { name: `/vpc/${name}/flow`, ...logs });
    const role = new IamRole(this, "role", {
      name: `${name}-flow-log`,
      assumeRolePolicy: trustService("vpc-flow-logs.amazonaws.com", account),
    });
    new IamRolePolicy(this, "role_policy", {
      name: "logs",
      role: role.id,
      policy: policyDocument(
        {
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: `${group.arn}:*`,
        },
        // This action does not support resources.
        { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
      ),
    });
    new VpcFlowLog(this, "vpc", {
      vpcId,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      tags: { Name: name },
    });
  }
}
