// IAM policy documents as plain JSON: readable in a plan, without a data source to read first.

import { partitionOf } from "../config/offers/offers.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[] | undefined;
  readonly Principal?: Readonly<Record<string, string>>;
  /** By operator and condition key. Of a list, one value must match. */
  readonly Condition?:
    | Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
    | undefined;
}

export function policyDocument(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/**
 * A policy on a resource. AWS fills in its `Id` and the `Sid` of each statement where they are left out,
 * and then every plan shows a change (https://github.com/hashicorp/terraform-provider-aws/issues/32077).
 * Policies of roles have no `Id`: IAM refuses it.
 *
 * @param statements by their `Sid`: letters and digits
 */
export function resourcePolicy(
  id: string,
  statements: Readonly<Record<string, Statement>>,
): string {
  const named = Object.entries(statements).map(([sid, statement]) => ({ Sid: sid, ...statement }));
  return JSON.stringify({ Version: "2012-10-17", Id: id, Statement: named });
}

/** Trust policy of a role that tasks of one account assume. */
export function trustTasksOf(account: string): string {
  return trustService("ecs-tasks.amazonaws.com", account);
}

/** Trust policy of a role that an AWS service assumes, for one account if the service names it. */
export function trustService(service: string, account?: string): string {
  return policyDocument({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: service },
    // Prevents a confused deputy: the service acts for this account only
    // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html).
    ...(account !== undefined && {
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    }),
  });
}

export function trustInstances(): string {
  return trustService("ec2.amazonaws.com");
}

/** ARN of a policy that AWS manages. */
export function awsManagedPolicy(region: string, path: string): string {
  return `arn:${partition(region)}:iam::aws:policy/${path}`;
}

/** ARN of a resource of an account. */
export function arn(service: string, region: string, account: string, resource: string): string {
  return `arn:${partition(region)}:${service}:${region}:${account}:${resource}`;
}

/** A region that the tables do not list yet is of the largest partition. */
function partition(region: string): string {
  return region === hereInModule.region ? hereInModule.partition : (partitionOf(region) ?? "aws");
}

/** In a Terraform module only a plan knows where it is: it has these locals. */
export const hereInModule = {
  partition: "${local.partition}",
  region: "${local.region}",
  account: "${local.account}",
} as const;
