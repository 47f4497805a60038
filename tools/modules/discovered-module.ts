import type { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy/index.js";
import { policyDocument } from "../../stacks/aws/policy.ts";
import { readSecrets } from "../../stacks/aws/secret-access.ts";
import type { ServiceConfig } from "../../stacks/config/services-schema.ts";
import { Discovery, discover } from "../../stacks/discovery/discovery.ts";
import { replicas } from "../../stacks/ecs/ecs-service.ts";
import { execChannels } from "../../stacks/ecs/task-roles.ts";
import { existingNetwork } from "../../stacks/network/network.ts";
import { DiscoveredService } from "../../stacks/services/discovered-service.ts";
import { quoted } from "./conditions.ts";
import { discoveredInputs } from "./discovered-inputs.ts";
import { discoveredPage } from "./discovered-page.ts";
import type { ModuleDefinition } from "./module-definition.ts";
import { listOf, ModuleStack, numberOf, type Outputs } from "./module-stack.ts";
import { moduleCluster, moduleSettings, serviceOfModule, locationLocals } from "./common-parts.ts";
import { roleOutputs, serviceOutputs } from "./common-outputs.ts";

const name = "${var.name}";
const namespace = "${var.namespace.name}";
const hasInterface = 'var.network_mode == "awsvpc"';

/** Placeholder in the constructs' JSON for an input of any length. */
const placeholder = "@";

/** Input of the constructs. In awsvpc mode they create all resources that any mode needs. */
const config: ServiceConfig = {
  image: "${var.image}",
  port: numberOf("var.port"),
  networkMode: "awsvpc",
  // Known only at plan time.
  records: "${var.records}" as ServiceConfig["records"],
  dnsTtl: numberOf("var.dns_ttl"),
  desiredCount: numberOf("var.desired_count"),
  memory: numberOf("var.memory"),
  cpu: numberOf("var.cpu"),
  entryPoint: [placeholder],
  command: [placeholder],
  environment: {},
  secrets: { [placeholder]: placeholder },
  secretKeyArns: [],
  taskPolicy: [{ Effect: "Allow", Action: [placeholder], Resource: [placeholder] }],
  healthCheck: { command: placeholder, interval: 1, timeout: 1, retries: 1, startPeriod: 1 },
  stopTimeout: numberOf("var.stop_timeout"),
};

const replacements = {
  "${aws_security_group.discovered_network_security_group.id}": "${local.security_group_id}",
  '"hostPort":${var.port}': '"hostPort":${local.host_port}',
  [`"entryPoint":["${placeholder}"]`]: '"entryPoint":${local.entry_point}',
  [`"command":["${placeholder}"]`]: '"command":${local.command}',
  '"environment":[{"name":"AWS_REGION","value":"${local.region}"},{"name":"PORT","value":"${var.port}"}]':
    '"environment":${local.environment}',
  [`"secrets":[{"name":"${placeholder}","valueFrom":"${placeholder}"}]`]:
    '"secrets":${local.secrets}',
  [`"healthCheck":{"command":["CMD-SHELL","${placeholder}"],"interval":1,"timeout":1,"retries":1,"startPeriod":1}`]:
    '"healthCheck":${local.health_check}',
  [policyDocument(...readSecrets([placeholder]))]: "${local.secrets_policy}",
  [policyDocument(...config.taskPolicy)]: "${var.task_policies[count.index]}",
};

const locals = {
  ...locationLocals("aws_cloudwatch_log_group.discovered_log"),
  security_group_id: `\${${hasInterface} ? one(aws_security_group.discovered_network_security_group[*].id) : var.host_security_group_id}`,
  host_port: '${var.network_mode == "bridge" ? 0 : var.port}',
  entry_point: "${jsonencode(var.entry_point)}",
  command: "${jsonencode(var.command)}",
  environment:
    "${jsonencode([for name, value in merge(var.environment, { AWS_REGION = local.region, PORT = tostring(var.port) }) : { name = name, value = value }])}",
  secrets: "${jsonencode([for name, arn in var.secrets : { name = name, valueFrom = arn }])}",
  health_check:
    '${jsonencode(var.health_check == null ? null : { command = ["CMD-SHELL", var.health_check.command], interval = var.health_check.interval, timeout = var.health_check.timeout, retries = var.health_check.retries, startPeriod = var.health_check.start_period })}',
  secrets_policy: secretsPolicy(),
};

/** The statements of `readSecrets` as an expression that leaves out statements without resources. */
function secretsPolicy(): string {
  const secret = "arn:aws:secretsmanager:::secret";
  const resources = [
    'distinct([for arn in values(var.secrets) : join(":", slice(split(":", arn), 0, 7)) if split(":", arn)[2] == "secretsmanager"])',
    'distinct([for arn in values(var.secrets) : arn if split(":", arn)[2] == "ssm"])',
    "var.secret_key_arns",
  ];
  const statements = readSecrets([secret, "arn:aws:ssm:::parameter"], ["key"]).map(
    ({ Effect, Action }, index) =>
      `{ Effect = ${quoted(Effect)}, Action = ${quoted(String(Action))}, Resource = ${resources[index]} }`,
  );
  return `\${jsonencode({ Version = "2012-10-17", Statement = [for each in [${statements.join(", ")}] : each if length(each.Resource) > 0] })}`;
}

const counts: Readonly<Record<string, string>> = {
  "aws_security_group.discovered_network_security_group": `${hasInterface} ? 1 : 0`,
  "aws_vpc_security_group_egress_rule.discovered_network_to_anywhere": `${hasInterface} ? 1 : 0`,
  "aws_vpc_security_group_ingress_rule.discovered_network_hosts_from_here": `${hasInterface} && var.dynamic_port_range != null ? 1 : 0`,
  "aws_iam_role_policy.discovered_roles_execution_secrets": "length(var.secrets) > 0 ? 1 : 0",
  "aws_iam_role_policy.discovered_roles_task_policy": "length(var.task_policies)",
  "aws_iam_role_policy.exec": "var.exec ? 1 : 0",
};

const forEach = {
  "aws_vpc_security_group_ingress_rule.discovered_client_to":
    'var.network_mode == "bridge" ? {} : var.client_security_groups',
};

/** A service in an existing cluster, with SRV or A records. */
export const discoveredModule: ModuleDefinition = {
  name: "discovered-service",
  ...discoveredPage,
  inputs: discoveredInputs,
  stack: () => {
    const stack = new ModuleStack("discovered-service");
    const network = existingNetwork({
      vpcId: "${var.vpc_id}",
      privateSubnetIds: listOf("var.subnet_ids"),
    });
    const { service } = new DiscoveredService(stack, "discovered", {
      name,
      config,
      settings: { ...moduleSettings, exec: false },
      network,
      cluster: {
        ...moduleCluster,
        dynamicPortRange: {
          from: numberOf("var.dynamic_port_range.from"),
          to: numberOf("var.dynamic_port_range.to"),
        },
      },
      discovery: new Discovery(stack, "discovery", {
        config: { id: "${var.namespace.id}", name: namespace, vpcId: "${var.namespace.vpc_id}" },
        namespace,
        network,
        isProtected: false,
      }),
      logGroup: `/ecs/${name}`,
      clientSecurityGroupIds: ["${each.value}"],
    });
    serviceOfModule(service);
    inAnyMode(service);
    stack.addOverride(
      "resource.aws_ecs_task_definition.discovered_task_definition.network_mode",
      "${var.network_mode}",
    );
    stack.addOverride(
      "resource.aws_iam_role_policy.discovered_roles_task_policy.name",
      "task-${count.index}",
    );
    const exec = new IamRolePolicy(stack, "exec", {
      name: "exec",
      role: "${aws_iam_role.discovered_roles_task.id}",
      policy: policyDocument(execChannels),
    });
    service.dependsOn = [...(service.dependsOn ?? []), addressOf(exec)];
    return stack;
  },
  locals,
  counts,
  forEach,
  replacements,
  outputs: outputs(),
};

/** A bare address, as `depends_on` requires. */
function addressOf({ terraformResourceType: type, friendlyUniqueId: id }: IamRolePolicy): string {
  return `${type}.${id}`;
}

/** Overrides the arguments of a service that depend on the network mode. */
function inAnyMode(service: EcsService): void {
  service.resetNetworkConfiguration();
  service.addOverride("dynamic.network_configuration", {
    for_each: `\${${hasInterface} ? ["awsvpc"] : []}`,
    content: {
      subnets: "${var.subnet_ids}",
      security_groups: ["${local.security_group_id}"],
      assign_public_ip: false,
    },
  });
  service.addOverride("service_registries.container_name", `\${${hasInterface} ? null : var.name}`);
  service.addOverride("service_registries.container_port", `\${${hasInterface} ? null : var.port}`);
  service.addOverride(
    "service_registries.port",
    `\${${hasInterface} && var.records == "SRV" ? var.port : null}`,
  );
  for (const [argument, field] of [
    ["deployment_minimum_healthy_percent", "deploymentMinimumHealthyPercent"],
    ["deployment_maximum_percent", "deploymentMaximumPercent"],
    ["availability_zone_rebalancing", "availabilityZoneRebalancing"],
  ] as const) {
    service.addOverride(argument, inHostMode(field));
  }
}

/** How tasks are replaced. Only in host mode does it depend on their number. */
function inHostMode(field: keyof ReturnType<typeof replicas>): string {
  const [one, more, otherwise] = [
    replicas({ count: 1, takesHostPort: true }),
    replicas({ count: 2, takesHostPort: true }),
    replicas({ count: 1, takesHostPort: false }),
  ].map((each) => JSON.stringify(each[field]));
  const alone = one === more ? one : `(var.desired_count == 1 ? ${one} : ${more})`;
  return `\${var.network_mode == "host" ? ${alone} : ${otherwise}}`;
}

function outputs(): Outputs {
  return {
    dns_name: {
      value: `${name}.${namespace}`,
      description: "DNS name of the service: the SRV name, or with A records a host name",
    },
    client_policy_json: {
      value: policyDocument(discover(namespace, name)),
      description:
        "Policy for a client's task role. It allows clients to query Cloud Map for the service",
    },
    security_group_id: {
      value: "${local.security_group_id}",
      description: "Security group of the tasks: their own in awsvpc mode, else the hosts'",
    },
    ...roleOutputs("discovered_roles", {
      execution:
        "Execution role, which reads the secrets, for additional policies such as execution_policy_json of modules/redis. With that one, a release can be rolled back after a password rotation",
      task: "Task role, for additional policies",
    }),
    ...serviceOutputs("discovered", "aws_service_discovery_service.discovery_discovered"),
  };
}
