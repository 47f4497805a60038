import { vpcId } from "./aws-ids.ts";
import { parseCidr } from "./cidr.ts";
import { either, fields, flag, has, listOf, oneOf, text } from "./fields.ts";

export const subnetId = text(/^subnet-[0-9a-f]+$/, "a subnet id such as subnet-0123abcd");

const cidrAllowed = "an IPv4 block such as 10.10.0.0/16, prefix 16 to 24, no host bit set";
const zonesAllowed = "2 to 4 zone letters such as a, b";
const endpointsAllowed =
  "names of AWS services as in com.amazonaws.<region>.<name>, such as sqs, not s3, which is there";
const createdNetwork = fields({
  cidr: text(/^[\d./]+$/, cidrAllowed)
    .refine((value) => {
      const prefix = parseCidr(value)?.prefix ?? 0;
      return prefix >= 16 && prefix <= 24;
    }, cidrAllowed)
    .describe("Addresses of the VPC"),
  zones: listOf(oneOf(["a", "b", "c", "d", "e", "f"]), 2, zonesAllowed)
    .max(4, zonesAllowed)
    .default(["a", "b"])
    .describe(
      "Availability zones, by the letter after the region's name. Append new ones at the end: in another order " +
        "subnets and mount targets are replaced",
    ),
  ownZones: flag()
    .default(false)
    .describe(
      "The zones are not checked: the account's zone letters differ from the tables in stacks/config/offers, " +
        "as in some accounts from before November 2025, in the oldest regions",
    ),
  nat: oneOf(["single", "perZone", "none"])
    .default("single")
    .describe(
      "`single`: one NAT gateway; `perZone`: one a zone, so that no zone depends on another, at a higher price; " +
        "`none`: only AWS services can be reached, through interface endpoints; images must be in ECR " +
        "of the region (also one in an SSM parameter, which cannot be checked)",
    ),
  endpoints: listOf(text(/^(?!s3$)[a-z][a-z0-9.-]*$/, endpointsAllowed), 0, endpointsAllowed)
    .default([])
    .describe("More AWS services that the app reaches without NAT"),
  flowLogs: flag()
    .default(false)
    .describe("Record the connections in the VPC, kept as long as the containers' logs"),
});

export const privateAllowed = "2 or more subnet ids, each in another zone";
const existingNetwork = fields({
  vpcId: vpcId.describe("An existing VPC, with DNS support and DNS hostnames on"),
  privateSubnetIds: listOf(subnetId, 2, privateAllowed).describe(
    "Subnets of the hosts, which must reach AWS; the app's load balancer is internal to them " +
      "unless there are public ones",
  ),
  publicSubnetIds: listOf(subnetId, 2, privateAllowed)
    .optional()
    .describe("Subnets of a load balancer that faces the internet"),
}).refine(
  ({ privateSubnetIds, publicSubnetIds = [] }) =>
    !publicSubnetIds.some((id) => privateSubnetIds.includes(id)),
  { path: ["publicSubnetIds"], error: `${privateAllowed}, none of privateSubnetIds` },
);
export const networkSchema = either(has("vpcId"), existingNetwork, createdNetwork).describe(
  "The VPC: one that exists, or one that is created",
);

/**
 * The AWS services that hosts and tasks call, and why: without NAT each needs an endpoint. EFS does
 * not, since its mount targets are in the VPC; nor STS, since ECS gives a task its credentials; nor
 * what AWS itself calls (Cloud Map registration, target groups, backups, the image parameter).
 */
export const servicesWithoutNat: Readonly<Record<string, string>> = {
  ecs: "the agent registers its host",
  "ecs-agent": "the agent learns which tasks to run",
  "ecs-telemetry": "the agent reports metrics and health",
  "ecr.api": "the agent logs in to the image registry",
  "ecr.dkr": "the agent reads image manifests; the layers are in S3",
  logs: "containers write their logs",
  secretsmanager: "the agent reads the password of Redis and the app's secrets",
  ssm: "the agent reads secrets that are parameters, and a host registers for a shell",
  ssmmessages: "a shell on a host, and ECS Exec in a container",
  "data-servicediscovery": "the app asks Cloud Map where Redis is",
};
