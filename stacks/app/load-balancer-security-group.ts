import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { LoadBalancerConfig } from "../config/load-balancer-schema.ts";
import type { NetworkParts } from "../network/network.ts";
import { listedParts } from "../aws/listed-parts.ts";
import { createBeforeDestroy } from "../aws/protection.ts";
import { allowIngress, securityGroup } from "../network/security-group.ts";
import type { TaskNetwork } from "../ecs/task-network.ts";

export interface LoadBalancerSecurityGroupProps {
  readonly name: string;
  readonly config: LoadBalancerConfig;
  readonly network: NetworkParts;
  /** The app's tasks. */
  readonly tasks: TaskNetwork;
  readonly port: number | undefined;
}

/**
 * Opens the listeners' ports to clients, and the tasks' ports to the load balancer.
 *
 * @returns the group, and the rules for the tasks, which must exist as long as tasks run
 */
export function loadBalancerSecurityGroup(
  scope: Construct,
  id: string,
  props: LoadBalancerSecurityGroupProps,
): { readonly group: SecurityGroup; readonly dependencies: readonly ITerraformDependable[] } {
  const { name, config, network } = props;
  const group = securityGroup(scope, id, {
    name: `${name}-lb`,
    description: "Load balancer of the app",
    vpcId: network.vpcId,
  });
  const protocols = config.certificateArn === undefined ? [http] : [http, https];
  for (const { protocol, port } of protocols) {
    for (const cidrIpv4 of config.allowedCidrs) {
      // The id is made from the block, so a new entry in the list does not change this rule.
      new VpcSecurityGroupIngressRule(
        scope,
        `${protocol}_from_${cidrIpv4.replaceAll(/\W/g, "_")}`,
        {
          securityGroupId: group.id,
          description: `${protocol.toUpperCase()} from clients`,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4,
        },
      );
    }
  }
  return { group, dependencies: openTasks(scope, group, props) };
}

const http = { protocol: "http", port: 80 };
const https = { protocol: "https", port: 443 };

/** An egress and an ingress rule for each security group of the tasks. */
function openTasks(
  scope: Construct,
  group: SecurityGroup,
  { tasks, port = 0 }: LoadBalancerSecurityGroupProps,
): ITerraformDependable[] {
  const ports = tasks.ports(port);
  // Each mode has its own rules, so after a change of mode the old rules remain until the last old task ends.
  const whom = { bridge: "hosts", awsvpc: "tasks", host: "host_port" }[tasks.mode];
  const { securityGroupIds: values } = tasks;
  const out = listedParts({
    id: (server) => `to_${whom}_${server}`,
    values,
    make: (id, server) =>
      new VpcSecurityGroupEgressRule(scope, id, {
        securityGroupId: group.id,
        description: tasks.mode === "bridge" ? "Tasks on dynamic host ports" : "Tasks",
        ipProtocol: "tcp",
        fromPort: ports.from,
        toPort: ports.to,
        referencedSecurityGroupId: server,
      }),
  });
  const into = listedParts({
    id: (server) => `${whom}_${server}_from_here`,
    values,
    make: (id, server) =>
      allowIngress(scope, id, {
        description: "The app's load balancer",
        client: group.id,
        server,
        ports,
      }),
  });
  createBeforeDestroy(...out, ...into);
  return [...out, ...into];
}
