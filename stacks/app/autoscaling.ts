import {
  AppautoscalingPolicy,
  type AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
} from "@cdktf/provider-aws/lib/appautoscaling-policy/index.js";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target/index.js";
import type { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { Construct } from "constructs";
import type { AutoscalingConfig } from "../config/app-schema.ts";
import type { LoadBalancer } from "./load-balancer.ts";

export interface AutoscalingProps {
  readonly config: AutoscalingConfig;
  readonly name: string;
  readonly cluster: string;
  readonly service: EcsService;
  /** Counts the requests. Undefined for a worker. */
  readonly loadBalancer: LoadBalancer | undefined;
}

type Tracked = AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration;

/**
 * Keeps the number of tasks between two limits, according to the load. Terraform creates the service with
 * the lower limit and ignores later changes of the count.
 */
export class Autoscaling extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalingProps) {
    super(scope, id);
    const { config, loadBalancer } = props;
    const target = new AppautoscalingTarget(this, "target", {
      minCapacity: config.min,
      maxCapacity: config.max,
      resourceId: `service/${props.cluster}/${props.service.name}`,
      scalableDimension: "ecs:service:DesiredCount",
      serviceNamespace: "ecs",
    });
    if (config.cpu !== undefined) {
      this.policy("cpu", props, target, {
        targetValue: config.cpu,
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
      });
    }
    if (config.requestsPerTarget !== undefined && loadBalancer !== undefined) {
      this.policy("requests", props, target, {
        targetValue: config.requestsPerTarget,
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: `${loadBalancer.arnSuffix}/${loadBalancer.targetGroupArnSuffix}`,
        },
      });
    }
  }

  private policy(
    id: string,
    { name }: AutoscalingProps,
    target: AppautoscalingTarget,
    tracked: Omit<Tracked, "scaleInCooldown" | "scaleOutCooldown">,
  ): void {
    new AppautoscalingPolicy(this, id, {
      name: `${name}-${id}`,
      policyType: "TargetTrackingScaling",
      resourceId: target.resourceId,
      scalableDimension: target.scalableDimension,
      serviceNamespace: target.serviceNamespace,
      // Seconds: scale out quickly, scale in slowly.
      targetTrackingScalingPolicyConfiguration: {
        ...tracked,
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
      },
    });
  }
}
