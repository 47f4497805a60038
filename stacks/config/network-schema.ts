import { vpcId } from "./aws-ids.ts";
import { parseCidr } from "./cidr.ts";
import { either, fields, flag, has, listOf, oneOf, text } from "./fields.ts";

export const subnetId = text(/^subnet-[0-9a-f]+$/, "a subnet id such as subnet-0123abcd");

const cidrAllowed =
  "an IPv4 block such as 10.10.0.0/16, with a prefix of 16 to 24 and no host bit set";
const zonesAllowed = "2 to 4 zone letters such as a, b";
const endpointsAllowed =
  "names of AWS services as in com.amazonaws.<region>.<name>, such as sqs; not s3, which always has one";
const createdNetwork = fields({
  cidr: text(/^[\d./]+$/, cidrAllowed)
    .refine((value) => {
      const prefix = parseCidr(value)?.prefix ?? 0;
      return prefix >= 16 && prefix <= 24;
    }, cidrAllowed)
    .describe("Address block of the VPC"),
  zones: listOf(oneOf(["a", "b", "c", "d", "e", "f"]), 2, zonesAllowed)
    .max(4, zonesAllowed)
    .default(["a", "b"])
    .describe(
      "Availability zones, by the letter after the region's name. Append new zones at the end: a change of the " +
        "order replaces subnets and mount targets",
    ),
  ownZones: flag()
    .default(false)
    .describe(
      "Turns off the check of zones, for accounts whose zone letters differ from the tables in " +
        "stacks/config/offers. This applies to some accounts created before November 2025, in the oldest regions",
    ),
  nat: oneOf(["single", "perZone", "none"])
    .default("single")
    .describe(
      "`single`: one NAT gateway; `perZone`: one per zone, which costs more but keeps zones independent; " +
        "`none`: tasks reach only AWS services, through interface endpoints, and all images must be in ECR " +
        "in the same region (an image in an SSM parameter is not checked)",
    ),
  endpoints: listOf(text(/^(?!s3$)[a-z][a-z0-9.-]*$/, endpointsAllowed), 0, endpointsAllowed)
    .default([])
    .describe("AWS services for which to create additional endpoints, for an app without NAT"),
  flowLogs: flag()
    .default(false)
    .describe(
      "Records the connections in the VPC. Flow logs are kept as long as the containers' logs",
    ),
});

const privateAllowed = "2 or more subnet ids, each in another zone";
const existingNetwork = fields({
  vpcId: vpcId.describe("Id of an existing VPC. DNS support and DNS hostnames must be on"),
  privateSubnetIds: listOf(subnetId, 2, privateAllowed).describe(
    "Subnets of the hosts. They must reach AWS's APIs. Without publicSubnetIds, the app's load balancer is " +
      "internal and in these subnets",
  ),
  publicSubnetIds: listOf(subnetId, 2, privateAllowed)
    .optional()
    .describe("Subnets for an internet-facing load balancer"),
}).refine(
  ({ privateSubnetIds, publicSubnetIds = [] }) =>
    !publicSubnetIds.some((id) => privateSubnetIds.includes(id)),
  { path: ["publicSubnetIds"], error: `${privateAllowed}, none of privateSubnetIds` },
);
export const networkSchema = either(has("vpcId"), existingNetwork, createdNetwork).describe(
  "The VPC: an existing one, or a new one",
);

/**
 * The AWS services that hosts and tasks call, and why. Without NAT, each needs an endpoint. These need none:
 * EFS, because its mount targets are in the VPC; STS, because ECS gives tasks their credentials; and services
 * that AWS itself calls (Cloud Map registration, target groups, backups, the image parameter).
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
