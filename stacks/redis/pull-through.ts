import { arn, type Statement } from "../aws/policy.ts";
import { mirrorPattern } from "../config/image-mirror.ts";

/**
 * Permissions for the first pull through ECR's pull-through cache, which creates the repository and imports the image
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html). Later pulls, and pulls of
 * pushed copies, need only the usual permissions.
 */
export function pullThrough(mirror: string | undefined): Statement[] {
  const [, account = "", region = "", , prefix = ""] = mirrorPattern.exec(mirror ?? "") ?? [];
  if (account === "") return [];
  return [
    {
      Effect: "Allow",
      Action: ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"],
      Resource: arn("ecr", region, account, `repository${prefix}/*`),
    },
  ];
}
