import type { z } from "zod";
import type { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { moduleLocation } from "../../stacks/aws/policy.ts";
import { type ClusterParts, existingCluster } from "../../stacks/cluster/cluster.ts";
import { securityGroupId, vpcId } from "../../stacks/config/aws-ids.ts";
import { capacityProviderName, clusterName } from "../../stacks/config/cluster-schema.ts";
import { execField, type ServiceSettings } from "../../stacks/config/environment-schema.ts";
import { flag, text } from "../../stacks/config/fields.ts";
import { logFields } from "../../stacks/config/log-fields.ts";
import { namespaceId, namespaceName } from "../../stacks/config/namespace-schema.ts";
import { conventionVariables } from "./conventions.ts";
import { numberOf } from "./module-stack.ts";
import { type Validation, validationsOf, variableOf, type Variables } from "./variable.ts";

// Inputs and settings that all modules share: the existing VPC, cluster and namespace.

const name = text(
  /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/,
  "1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as dev-redis",
);

/** The inputs of every module. */
export const commonVariables = {
  name: variableOf("name", name, {
    description:
      "Name of the ECS service and of the Cloud Map service. The DNS name is `<name>.<namespace>`. It is also the prefix of other names, so it must be unique in the AWS account, across regions and namespaces",
  }),
  cluster_name: variableOf("cluster_name", clusterName, {
    description: "Name of the ECS cluster on EC2",
  }),
  capacity_provider: variableOf("capacity_provider", capacityProviderName, {
    default: null,
    description:
      "Capacity provider of the cluster. Use the attribute of aws_ecs_cluster_capacity_providers, so that the service waits for the association. Default: launch type EC2",
  }),
  force_new_deployment: variableOf("force_new_deployment", flag().default(false), {
    description:
      "Set it for the apply that changes capacity_provider from one to another, and remove it afterwards. Terraform refuses that plan without it",
  }),
  vpc_id: variableOf("vpc_id", vpcId, {
    description: "VPC of the hosts. DNS support and DNS hostnames must be on",
  }),
  host_security_group_id: variableOf("host_security_group_id", securityGroupId, {
    description:
      "Security group of the hosts. It must allow hosts and clients on the hosts' dynamic ports",
  }),
  namespace: {
    type: "object({ id = string, name = string, vpc_id = string })",
    description: "Private DNS namespace of Cloud Map in the same VPC",
    validations: [
      ...validationsOf(namespaceId, "var.namespace.id").map(named("id")),
      ...validationsOf(namespaceName, "var.namespace.name").map(named("name")),
      {
        condition: "var.namespace.vpc_id == var.vpc_id",
        allowed:
          "a namespace of the VPC in vpc_id, because hosts of another VPC cannot resolve its names",
      },
    ],
  },
  exec: variableOf("exec", execField),
  log_retention_days: variableOf("log_retention_days", logFields.logRetentionDays),
  log_kms_key_arn: variableOf("log_kms_key_arn", logFields.logKmsKeyArn),
  ...conventionVariables,
} satisfies Variables;

/** Validations for each item of a list or value of a map. */
export function eachIn(variable: string, item: z.ZodType, allowed: string): Validation[] {
  return validationsOf(item, "each").map(({ condition }) => ({
    condition: `alltrue([for each in var.${variable} : ${condition}])`,
    allowed,
  }));
}

/** Adds an attribute's name to the message of a validation. */
export function named(attribute: string): (validation: Validation) => Validation {
  return ({ condition, allowed }) => ({ condition, allowed: `${attribute} is ${allowed}` });
}

/** The settings of services in a module. Nothing is protected. ECS Exec is on; `exec.ts` makes it optional. */
export const moduleSettings: ServiceSettings = {
  account: moduleLocation.account,
  region: moduleLocation.region,
  exec: true,
  protected: false,
  logRetentionDays: numberOf("var.log_retention_days"),
  logKmsKeyArn: "${var.log_kms_key_arn}",
};

/** The existing cluster. */
export const moduleCluster: ClusterParts = existingCluster(
  {
    name: "${var.cluster_name}",
    capacityProvider: "${var.capacity_provider}",
    instanceSecurityGroupIds: ["${var.host_security_group_id}"],
    // Unused: the hosts' owner opens the ports.
    dynamicPortRange: { from: 0, to: 0 },
  },
  moduleSettings,
);

/**
 * Locals with the partition, region and account, from the ARN of a log group. Data sources would be read only
 * after the resources in the caller's `depends_on` exist.
 */
export function locationLocals(logGroup: string): Record<string, string> {
  const part = (index: number) => `\${split(":", ${logGroup}.arn)[${index}]}`;
  return { partition: part(1), region: part(3), account: part(4) };
}

/** Overrides a service's arguments: capacity provider or launch type EC2, and ECS Exec. */
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
