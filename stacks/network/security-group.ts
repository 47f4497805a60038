import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { Construct } from "constructs";

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export function onePort(port: number): PortRange {
  return { from: port, to: port };
}

/** Creates a security group without rules. */
export function securityGroup(
  scope: Construct,
  id: string,
  props: { readonly name: string; readonly description: string; readonly vpcId: string },
): SecurityGroup {
  return new SecurityGroup(scope, id, { ...props, tags: { Name: props.name } });
}

export interface ConnectionsProps {
  readonly description: string;
  /** Security group that connects. */
  readonly client: string;
  /** Security group that accepts the connections. */
  readonly server: string;
  readonly ports: PortRange;
}

/** Allows TCP connections from one security group to another. */
export function allowIngress(
  scope: Construct,
  id: string,
  { description, client, server, ports }: ConnectionsProps,
): VpcSecurityGroupIngressRule {
  return new VpcSecurityGroupIngressRule(scope, id, {
    securityGroupId: server,
    description,
    ipProtocol: "tcp",
    fromPort: ports.from,
    toPort: ports.to,
    referencedSecurityGroupId: client,
  });
}

/** Allows all outgoing traffic of a security group. */
export function allowAllEgress(scope: Construct, group: SecurityGroup, description: string) {
  return new VpcSecurityGroupEgressRule(scope, "to_anywhere", {
    securityGroupId: group.id,
    description,
    ipProtocol: "-1",
    cidrIpv4: "0.0.0.0/0",
  });
}
