import { text } from "./fields.ts";
import { offersSource, partitionOf, regionNames } from "./offers/offers.ts";

// AWS names and ids that several parts of an environment use.

const regionAllowed = "an AWS region such as eu-central-1";
export const regionName = text(/^[a-z]{2}(-[a-z]+){1,3}-\d$/, regionAllowed).refine(
  (name) => partitionOf(name) !== undefined,
  {
    error: ({ input }) => {
      const near = regionNames.find((name) => differsLittle(name, String(input)));
      const meant = near === undefined ? "" : `, perhaps ${near}`;
      return `${regionAllowed}${meant}: one in AWS's tables in stacks/config/offers (${offersSource})`;
    },
  },
);

/** Whether two names differ by one added, removed or changed character. */
function differsLittle(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  const at = long.split("").findIndex((letter, index) => letter !== short[index]);
  return long.slice(at + 1) === short.slice(long.length === short.length ? at + 1 : at);
}
export const kmsKeyArn = text(
  /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  "the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>",
);
export const policyArn = text(
  /^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/([\w+=,.@-]+\/)*[\w+=,.@-]+$/,
  "the ARN of an IAM policy, arn:aws:iam::<account>:policy/<name>",
);
export const vpcId = text(/^vpc-[0-9a-f]+$/, "a VPC id such as vpc-0123abcd");
export const securityGroupId = text(/^sg-[0-9a-f]+$/, "a security group id such as sg-0123abcd");
