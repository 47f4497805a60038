import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { Aspects } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * Sets the permissions boundary of every role in a scope, also of roles that are added later. It is set when the app is
 * synthesized.
 *
 * @param policyArn a policy of the same account
 * @throws none
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 * @example
 * permissionsBoundary(stack, `arn:aws:iam::${settings.account}:policy/boundary`);
 */
export function permissionsBoundary(scope: IConstruct, policyArn: string): void {
  Aspects.of(scope).add({
    visit: (node) => {
      if (node instanceof IamRole) node.permissionsBoundary = policyArn;
    },
  });
}
