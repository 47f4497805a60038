import { createHash } from "node:crypto";
import { rowOf } from "./index.ts";

// The forms of ARNs and ids. Expressions take them apart, as in split(":", arn)[3].

/** Where a resource is. */
export interface RegionAndAccount {
  readonly region: string;
  readonly account: string;
}

/** The account of a template that names none. */
export const NO_ACCOUNT = "000000000000";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function arnOf(type: string, name: string, { region, account }: RegionAndAccount): string {
  const [, family = "", ...kind] = type.split("_");
  const written = rowOf(type).placeholder?.arn ?? `${family}:${kind.join("-")}/`;
  const [service = ""] = written.split(":");
  const place = { iam: `:${account}`, s3: ":" }[service] ?? `${region}:${account}`;
  return `arn:${partitionOf(region)}:${service}:${place}${written.slice(service.length)}${name}`;
}

/** https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** An id that is the same for the same text; undefined for a type whose ids have other forms. @param type without `aws_` */
export function idOf(type: string, text: string): string | undefined {
  const digits = createHash("sha256").update(text).digest("hex");
  if (type === "kms_key") {
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  }
  if (/^(hosted|route53)?_?zone$/.test(type)) return `Z${digits.slice(0, 20).toUpperCase()}`;
  const prefix = rowOf(`aws_${type}`).placeholder?.id;
  return prefix === undefined ? undefined : `${prefix}${digits.slice(0, 17)}`;
}

/** Types whose id is their ARN. */
const ID_IS_ARN = /^aws_(acm|cloudwatch_event_bus|ecs|lb|sfn|sns)(_|$)/;
export const hasArnAsId = (type: string): boolean => ID_IS_ARN.test(type);
