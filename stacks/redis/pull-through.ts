import { arn, type Statement } from "../aws/policy.ts";
import { mirrorPattern } from "../config/image-mirror.ts";

/**
 * What the first pull through a cache of ECR needs: it makes the repository and imports the image
 * (https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html). Later ones, and
 * those of copies that were pushed, need the usual alone.
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
