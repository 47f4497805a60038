/** An argument that the emulator accepts but does not return, so that every plan wants to set it again. */
export interface KnownDiff {
  readonly type: string;
  /** @default every resource of the type */
  readonly address?: string;
  /** Path in a plan, such as `auto_scaling_group_provider.0.managed_draining`. */
  readonly argument: string;
  readonly reason: string;
}

/** The known differences of the emulator in `endpoint.ts`. */
export const KNOWN_DIFFS: readonly KnownDiff[] = [
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
    reason: "a rule that equals the default rule keeps its description",
  },
  {
    type: "aws_vpc_security_group_egress_rule",
    argument: "tags_all",
    reason: "a rule that equals the default rule keeps its empty tags",
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
  ...[
    "actions_enabled",
    "alarm_actions",
    "alarm_description",
    "dimensions",
    "ok_actions",
    "period",
    "statistic",
    "treat_missing_data",
  ].map((argument) => ({
    type: "aws_cloudwatch_metric_alarm",
    argument,
    reason: "the XML of an alarm, which the provider requests, has little more than the threshold",
  })),
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
  ...["tags", "tags_all"].map((argument) => ({
    type: "aws_flow_log",
    argument,
    reason: "tags of the type vpc-flow-log, AWS's own name, are lost",
  })),
];
