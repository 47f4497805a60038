import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import { Construct } from "constructs";
import type { ClusterParts } from "./cluster.ts";
import type { Environment } from "./config.ts";
import type { NetworkParts } from "./network.ts";

export interface LoadBalancerProps {
  readonly name: string;
  readonly app: Environment["app"];
  readonly network: NetworkParts;
  readonly cluster: ClusterParts;
  readonly isProtected: boolean;
}

/** An application load balancer in front of the app's tasks on their dynamic host ports. */
export class LoadBalancer extends Construct {
  readonly dnsName: string;
  readonly targetGroupArn: string;
  /** ECS accepts a target group only once a listener uses it. */
  readonly listener: LbListener;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const isInternal = props.network.publicSubnetIds.length === 0;
    const balancer = new Lb(this, "alb", {
      name: props.name,
      loadBalancerType: "application",
      internal: isInternal,
      subnets: [...(isInternal ? props.network.privateSubnetIds : props.network.publicSubnetIds)],
      securityGroups: [this.securityGroup(props).id],
      dropInvalidHeaderFields: true,
      enableDeletionProtection: props.isProtected,
      dependsOn: [...props.network.ingress],
    });
    this.dnsName = balancer.dnsName;
    const targets = this.targetGroup(props);
    this.targetGroupArn = targets.arn;
    this.listener = new LbListener(this, "http", {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: "HTTP",
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
  }

  private targetGroup({ name, app, network }: LoadBalancerProps): LbTargetGroup {
    const { path, interval, timeout, healthyThreshold, unhealthyThreshold } = app.healthCheck;
    return new LbTargetGroup(this, "targets", {
      name,
      vpcId: network.vpcId,
      targetType: "instance",
      protocol: "HTTP",
      // Each target brings its own port; this one is never used.
      port: app.port,
      deregistrationDelay: String(app.deregistrationDelay),
      healthCheck: {
        path,
        matcher: "200",
        interval,
        timeout,
        healthyThreshold,
        unhealthyThreshold,
      },
    });
  }

  private securityGroup({ name, network, cluster }: LoadBalancerProps): SecurityGroup {
    const group = new SecurityGroup(this, "security_group", {
      name: `${name}-lb`,
      description: "Load balancer of the app",
      vpcId: network.vpcId,
      tags: { Name: `${name}-lb` },
    });
    new VpcSecurityGroupIngressRule(this, "from_anywhere", {
      securityGroupId: group.id,
      description: "HTTP from clients",
      ipProtocol: "tcp",
      fromPort: 80,
      toPort: 80,
      cidrIpv4: "0.0.0.0/0",
    });
    const range = {
      ipProtocol: "tcp",
      fromPort: cluster.dynamicPortRange.from,
      toPort: cluster.dynamicPortRange.to,
    };
    for (const [index, hosts] of cluster.securityGroupIds.entries()) {
      new VpcSecurityGroupEgressRule(this, `to_hosts_${index}`, {
        ...range,
        securityGroupId: group.id,
        description: "Tasks on dynamic host ports",
        referencedSecurityGroupId: hosts,
      });
      new VpcSecurityGroupIngressRule(this, `hosts_${index}_from_here`, {
        ...range,
        securityGroupId: hosts,
        description: "The app's load balancer",
        referencedSecurityGroupId: group.id,
      });
    }
    return group;
  }
}
