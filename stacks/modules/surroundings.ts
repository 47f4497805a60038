import type { z } from "zod";
import type { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { hereInModule } from "../aws/policy.ts";
import { type ClusterParts, existingCluster } from "../cluster/cluster.ts";
import { securityGroupId, vpcId } from "../config/aws-ids.ts";
import { capacityProviderName, clusterName } from "../config/cluster-schema.ts";
import { execField, type ServiceSettings } from "../config/environment-schema.ts";
import { flag, text } from "../config/fields.ts";
import { logFields } from "../config/log-fields.ts";
import { namespaceId, namespaceName } from "../config/namespace-schema.ts";
import { privateAllowed, subnetId } from "../config/network-schema.ts";
import { numberOf } from "./module-stack.ts";
import { type Validation, validationsOf, variableOf, type Variables } from "./variable.ts";

// What exists where a module is called: a VPC, a cluster on EC2 and a namespace.

const name = text(
  /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  "1 to 40 lower-case letters, digits and hyphens, a letter first and no hyphen last, such as dev-redis",
);

/** The inputs of every module. */
export const commonVariables = {
  name: variableOf("name", name, {
    description:
      "Name of the ECS service and of the Cloud Map service: it is found as <name>.<namespace>. What else is created has names that begin with it: no other module in the AWS account may have it, also in another region or namespace",
  }),
  cluster_name: variableOf("cluster_name", clusterName, {
    description: "ECS cluster on EC2",
  }),
  capacity_provider: variableOf("capacity_provider", capacityProviderName, {
    default: null,
    description:
      "Capacity provider of the cluster. Take it from aws_ecs_cluster_capacity_providers, so that the service waits for the association. Left out: launch type EC2",
  }),
  force_new_deployment: variableOf("force_new_deployment", flag().default(false), {
    description:
      "For the one apply that changes capacity_provider from one to another, which is refused without it; remove it afterwards",
  }),
  vpc_id: variableOf("vpc_id", vpcId, {
    description: "VPC of the hosts, with DNS support and DNS hostnames on",
  }),
  subnet_ids: {
    type: "list(string)",
    description: "Subnets of the hosts, one in each zone",
    validations: [
      { condition: "length(var.subnet_ids) >= 2", allowed: privateAllowed },
      ...eachIn("subnet_ids", subnetId, privateAllowed),
      {
        condition: "length(distinct(var.subnet_ids)) == length(var.subnet_ids)",
        allowed: privateAllowed,
      },
    ],
  },
  host_security_group_id: variableOf("host_security_group_id", securityGroupId, {
    description:
      "Security group of the hosts. It must let hosts and clients reach each other on the hosts' dynamic ports",
  }),
  namespace: {
    type: "object({ id = string, name = string, vpc_id = string })",
    description: "Cloud Map namespace, a private DNS namespace of the same VPC",
    validations: [
      ...validationsOf(namespaceId, "var.namespace.id").map(named("id")),
      ...validationsOf(namespaceName, "var.namespace.name").map(named("name")),
      {
        condition: "var.namespace.vpc_id == var.vpc_id",
        allowed: "a namespace of the VPC in vpc_id: hosts of another VPC cannot resolve its names",
      },
    ],
  },
  exec: variableOf("exec", execField),
  log_retention_days: variableOf("log_retention_days", logFields.logRetentionDays),
  log_kms_key_arn: variableOf("log_kms_key_arn", logFields.logKmsKeyArn),
} satisfies Variables;

/** What each item in the list of a variable must be. */
export function eachIn(variable: string, item: z.ZodType, allowed: string): Validation[] {
  return validationsOf(item, "each").map(({ condition }) => ({
    condition: `alltrue([for each in var.${variable} : ${condition}])`,
    allowed,
  }));
}

/** A validation of an object's attribute. */
export function named(attribute: string): (validation: Validation) => Validation {
  return ({ condition, allowed }) => ({ condition, allowed: `${attribute} is ${allowed}` });
}

/** The settings of services in a module: nothing is protected. What ECS Exec needs is there (`exec.ts`). */
export const moduleSettings: ServiceSettings = {
  account: hereInModule.account,
  region: hereInModule.region,
  exec: true,
  protected: false,
  logRetentionDays: numberOf("var.log_retention_days"),
  logKmsKeyArn: "${var.log_kms_key_arn}",
};

/** The cluster that is named. */
export const moduleCluster: ClusterParts = existingCluster(
  {
    name: "${var.cluster_name}",
    capacityProvider: "${var.capacity_provider}",
    instanceSecurityGroupIds: ["${var.host_security_group_id}"],
    // Unused: the hosts' owner opens it.
    dynamicPortRange: { from: 0, to: 0 },
  },
  moduleSettings,
);

/**
 * Locals that say where a module is, from the ARN of a log group: data sources would be read only after
 * what a caller's `depends_on` names.
 */
export function whereabouts(logGroup: string): Record<string, string> {
  const part = (index: number) => `\${split(":", ${logGroup}.arn)[${index}]}`;
  return { partition: part(1), region: part(3), account: part(4) };
}

/** A service on the capacity provider, or on any EC2 host where none is given; with ECS Exec if it is on. */
export function serviceOfModule(service: EcsService): void {
  service.addOverride("enable_execute_command", "${var.exec}");
  service.addOverride("force_new_deployment", "${var.force_new_deployment}");
  service.resetCapacityProviderStrategy();
  service.addOverride("launch_type", '${var.capacity_provider == null ? "EC2" : null}');
  service.addOverride("dynamic.capacity_provider_strategy", {
    for_each: "${var.capacity_provider[*]}",
    content: { capacity_provider: "${capacity_provider_strategy.value}", weight: 1 },
  });
}
