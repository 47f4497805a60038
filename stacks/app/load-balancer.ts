import {
  LbListener,
  type LbListenerDefaultAction,
} from "@cdktf/provider-aws/lib/lb-listener/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { isInternal, type LoadBalancerConfig } from "../config/load-balancer-schema.ts";
import {
  loadBalancerSecurityGroup,
  type LoadBalancerSecurityGroupProps,
} from "./load-balancer-security-group.ts";

export interface LoadBalancerProps extends LoadBalancerSecurityGroupProps {
  /** Prefix of the access logs. */
  readonly logPrefix: string;
  readonly isProtected: boolean;
}

/** An application load balancer in front of the app's tasks, in every network mode. */
export class LoadBalancer extends Construct {
  /** Where clients reach the app. */
  readonly url: string;
  readonly dnsName: string;
  /** Its name in CloudWatch, `app/dev-app/0123456789abcdef`. */
  readonly arnSuffix: string;
  readonly targetGroupArn: string;
  /** Its name in CloudWatch, `targetgroup/dev-app/0123456789abcdef`. */
  readonly targetGroupArnSuffix: string;
  /** Seconds during which ECS ignores failed health checks of a new task. */
  readonly gracePeriod: number;
  /** ECS accepts a target group only after a listener uses it. The rules for the tasks must exist too. */
  readonly dependencies: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { group, dependencies } = loadBalancerSecurityGroup(this, "security_group", props);
    const balancer = this.balancer(props, group);
    this.dnsName = balancer.dnsName;
    this.arnSuffix = balancer.arnSuffix;
    const targets = this.targetGroup(props);
    this.targetGroupArn = targets.arn;
    this.targetGroupArnSuffix = targets.arnSuffix;
    this.gracePeriod = props.config.healthCheck.gracePeriod;
    const { certificateArn, sslPolicy, hostname } = props.config;
    const listeners =
      certificateArn === undefined
        ? [this.http(balancer, { type: "forward", targetGroupArn: targets.arn })]
        : this.https(balancer, targets, { certificateArn, sslPolicy });
    this.dependencies = [...listeners, ...dependencies];
    const scheme = certificateArn === undefined ? "http" : "https";
    this.url = `${scheme}://${hostname ?? balancer.dnsName}`;
    this.record(props.config, balancer);
  }

  private balancer(
    { name, logPrefix, config, network, isProtected }: LoadBalancerProps,
    group: SecurityGroup,
  ): Lb {
    const internal = isInternal(config, network.publicSubnetIds.length > 0);
    return new Lb(this, "alb", {
      name,
      loadBalancerType: "application",
      internal,
      subnets: [...(internal ? network.privateSubnetIds : network.publicSubnetIds)],
      securityGroups: [group.id],
      idleTimeout: config.idleTimeout,
      dropInvalidHeaderFields: true,
      enableDeletionProtection: isProtected,
      ...(config.accessLogsBucket !== undefined && {
        accessLogs: { bucket: config.accessLogsBucket, prefix: logPrefix, enabled: true },
      }),
      dependsOn: [...network.loadBalancerDependencies],
    });
  }

  private targetGroup({ name, config, network, tasks }: LoadBalancerProps): LbTargetGroup {
    const hasAddresses = tasks.mode === "awsvpc";
    const { path, interval, timeout, healthyThreshold, unhealthyThreshold } = config.healthCheck;
    return new LbTargetGroup(this, "targets", {
      // The type of a group cannot change. After a change of mode, a group with another name is created before this one is destroyed.
      name: hasAddresses ? `${name}-ip` : name,
      targetType: hasAddresses ? "ip" : "instance",
      lifecycle: { createBeforeDestroy: true },
      vpcId: network.vpcId,
      protocol: "HTTP",
      // Never used, because each target has its own port. It is constant because a change replaces the
      // group, which fails while a listener and the service refer to it.
      port: 80,
      deregistrationDelay: String(config.deregistrationDelay),
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

  /** The same listener with and without a certificate, so adding a certificate replaces nothing. */
  private http(
    balancer: Lb,
    action: LbListenerDefaultAction,
    dependsOn: LbListener[] = [],
  ): LbListener {
    return new LbListener(this, "http", {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: "HTTP",
      defaultAction: [action],
      dependsOn,
    });
  }

  private https(
    balancer: Lb,
    targets: LbTargetGroup,
    tls: { certificateArn: string; sslPolicy: string },
  ): LbListener[] {
    const https = new LbListener(this, "https", {
      loadBalancerArn: balancer.arn,
      port: 443,
      protocol: "HTTPS",
      ...tls,
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
    const redirect = { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" };
    // The redirect must be created after its target and destroyed before it.
    const http = this.http(balancer, { type: "redirect", redirect }, [https]);
    return [http, https];
  }

  private record({ hostname, hostedZoneId }: LoadBalancerConfig, balancer: Lb): void {
    if (hostname === undefined || hostedZoneId === undefined) return;
    new Route53Record(this, "record", {
      zoneId: hostedZoneId,
      name: hostname,
      type: "A",
      alias: {
        name: balancer.dnsName,
        zoneId: balancer.zoneId,
        evaluateTargetHealth: true,
      },
    });
  }
}
