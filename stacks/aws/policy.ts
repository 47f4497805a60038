// IAM policy documents as plain JSON: a plan shows them, and they need no data source.

import { partitionOf } from "../config/offers/offers.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[] | undefined;
  readonly Principal?: Readonly<Record<string, string>>;
  /** By operator and condition key. One value of a list must match. */
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

/** Trust policy of a role that the tasks of one account assume. */
export function trustTasksOf(account: string): string {
  return trustService("ecs-tasks.amazonaws.com", account);
}

/** Trust policy of a role that an AWS service assumes. Pass `account` if the service sends its account. */
export function trustService(service: string, account?: string): string {
  return policyDocument({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Service: service },
    // Prevents the confused deputy problem: the service acts only for this account
    // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html).
    ...(account !== undefined && {
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    }),
  });
}

export function trustInstances(): string {
  return trustService("ec2.amazonaws.com");
}

/** ARN of an AWS managed policy. */
export function awsManagedPolicy(region: string, path: string): string {
  return `arn:${partition(region)}:iam::aws:policy/${path}`;
}

/** ARN of a resource of an account. */
export function arn(service: string, region: string, account: string, resource: string): string {
  return `arn:${partition(region)}:${service}:${region}:${account}:${resource}`;
}

/** A region that is not in the tables yet is assumed to be in the largest partition. */
function partition(region: string): string {
  return partitionOf(region) ?? "aws";
}
