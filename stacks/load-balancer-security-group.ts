import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { Construct } from "constructs";
import type { ClusterParts } from "./cluster.ts";
import type { LoadBalancerConfig } from "./config-load-balancer.ts";
import type { NetworkParts } from "./network.ts";

export interface LoadBalancerSecurityGroupProps {
  readonly name: string;
  readonly config: LoadBalancerConfig;
  readonly network: NetworkParts;
  readonly cluster: ClusterParts;
}

/** Lets clients in on the listeners' ports, and the load balancer through to the hosts. */
export function loadBalancerSecurityGroup(
  scope: Construct,
  id: string,
  { name, config, network, cluster }: LoadBalancerSecurityGroupProps,
): SecurityGroup {
  const group = new SecurityGroup(scope, id, {
    name: `${name}-lb`,
    description: "Load balancer of the app",
    vpcId: network.vpcId,
    tags: { Name: `${name}-lb` },
  });
  const protocols = config.certificateArn === undefined ? [http] : [http, https];
  for (const { protocol, port } of protocols) {
    for (const cidrIpv4 of config.allowedCidrs) {
      // By what it lets in: another entry in the list leaves this rule as it is.
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
  openHosts(scope, group, cluster);
  return group;
}

const http = { protocol: "http", port: 80 };
const https = { protocol: "https", port: 443 };

function openHosts(scope: Construct, group: SecurityGroup, cluster: ClusterParts): void {
  const range = {
    ipProtocol: "tcp",
    fromPort: cluster.dynamicPortRange.from,
    toPort: cluster.dynamicPortRange.to,
  };
  for (const [index, hosts] of cluster.securityGroupIds.entries()) {
    new VpcSecurityGroupEgressRule(scope, `to_hosts_${index}`, {
      ...range,
      securityGroupId: group.id,
      description: "Tasks on dynamic host ports",
      referencedSecurityGroupId: hosts,
    });
    new VpcSecurityGroupIngressRule(scope, `hosts_${index}_from_here`, {
      ...range,
      securityGroupId: hosts,
      description: "The app's load balancer",
      referencedSecurityGroupId: group.id,
    });
  }
}
