/** An argument that the emulator takes and does not give back, so that each plan wants to set it again. */
export interface NotEchoed {
  readonly type: string;
  /** @default every resource of the type */
  readonly address?: string;
  /** As a plan has it: `auto_scaling_group_provider.0.managed_draining`. */
  readonly argument: string;
  readonly reason: string;
}

/** Of the emulator that `endpoint.ts` names. The command tells which lines an environment does not need. */
export const NOT_ECHOED: readonly NotEchoed[] = [
  {
    type: "aws_ecs_service",
    argument: "ordered_placement_strategy",
    reason: "a service has no placement strategy",
  },
  {
    type: "aws_ecs_service",
    argument: "availability_zone_rebalancing",
    reason: "a service has no rebalancing of zones",
  },
  {
    type: "aws_ecs_capacity_provider",
    argument: "auto_scaling_group_provider.0.managed_draining",
    reason: "a capacity provider has no managed draining",
  },
  {
    type: "aws_vpc_security_group_egress_rule",
    argument: "description",
    reason: "a rule that equals the default one keeps that one's description",
  },
  {
    type: "aws_vpc_endpoint",
    argument: "private_dns_enabled",
    reason: "an endpoint has no private DNS",
  },
  {
    type: "aws_vpc_endpoint",
    argument: "security_group_ids",
    reason: "an endpoint has no security groups",
  },
  {
    type: "aws_cloudwatch_metric_alarm",
    argument: "metric_query",
    reason: "an alarm has no metric math",
  },
  {
    type: "aws_cloudwatch_metric_alarm",
    argument: "statistic",
    reason: "an alarm with metric math has the statistic Average",
  },
  {
    type: "aws_cloudwatch_metric_alarm",
    argument: "period",
    reason: "an alarm with metric math has a period of 60 s",
  },
  {
    type: "aws_flow_log",
    argument: "iam_role_arn",
    reason: "a flow log has no role",
  },
  {
    type: "aws_flow_log",
    argument: "max_aggregation_interval",
    reason: "a flow log has no interval",
  },
];
