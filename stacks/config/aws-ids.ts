import { text } from "./fields.ts";

// Names and ids of AWS that several parts of an environment refer to.

export const regionName = text(/^[a-z]{2}(-[a-z]+){1,3}-\d$/, "an AWS region such as eu-central-1");
export const kmsKeyArn = text(
  /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  "the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>",
);
export const vpcId = text(/^vpc-[0-9a-f]+$/, "a VPC id such as vpc-0123abcd");
export const securityGroupId = text(/^sg-[0-9a-f]+$/, "a security group id such as sg-0123abcd");
