/**
 * Resource types without effect on local tasks, each with the reason. A type that is neither here nor modelled
 * is refused.
 */
export const WITHOUT_LOCAL_EFFECT: readonly (readonly [prefix: string, reason: string])[] = [
  ["aws_vpc", "all hosts are on loopback"],
  ["aws_subnet", "all hosts are on loopback"],
  ["aws_internet_gateway", "all hosts are on loopback"],
  ["aws_egress_only_internet_gateway", "all hosts are on loopback"],
  ["aws_nat_gateway", "all hosts are on loopback"],
  ["aws_eip", "all hosts are on loopback"],
  ["aws_route", "all hosts are on loopback"],
  ["aws_main_route_table_association", "all hosts are on loopback"],
  ["aws_default_", "all hosts are on loopback"],
  ["aws_network_acl", "all hosts are on loopback"],
  ["aws_flow_log", "all hosts are on loopback"],
  ["aws_security_group", "nothing is filtered between local hosts"],
  ["aws_vpc_security_group_", "nothing is filtered between local hosts"],
  ["aws_iam_", "local processes call no AWS API"],
  ["aws_kms_", "local files are not encrypted"],
  ["aws_acm_certificate", "local listeners speak plain HTTP"],
  ["aws_route53_record", "local listeners are reached by address"],
  ["aws_wafv2_", "requests are not filtered"],
  ["aws_efs_mount_target", "every host reaches every file system"],
  ["aws_efs_file_system_policy", "every host reaches every file system"],
  ["aws_efs_backup_policy", "nothing is backed up"],
  ["aws_efs_replication_configuration", "nothing is replicated"],
  ["aws_backup_", "nothing is backed up"],
  ["aws_cloudwatch_", "containers write to local log files; no alarm is raised"],
  ["aws_sns_", "no alarm is raised"],
  ["aws_scheduler_", "no schedule starts a task, because runs are short"],
  ["aws_sqs_", "no schedule starts a task, so none fails to"],
  ["aws_s3_", "nothing is stored outside this machine"],
  ["aws_secretsmanager_secret_policy", "local processes call no AWS API"],
  ["aws_secretsmanager_secret_rotation", "a run is shorter than a rotation"],
  ["aws_ecs_account_setting_default", "no account is involved"],
  ["aws_autoscaling_lifecycle_hook", "local hosts come and go at once"],
  ["aws_autoscaling_schedule", "the number of local hosts is fixed"],
  ["aws_autoscaling_policy", "the number of local hosts is fixed"],
  ["aws_appautoscaling_policy", "a service keeps its desired count"],
  ["aws_appautoscaling_scheduled_action", "a service keeps its desired count"],
  [
    "aws_elasticache_",
    "a managed Redis does not run in ECS; set its endpoint in the option attributes",
  ],
  ["aws_codedeploy_", "ECS itself rolls out services here"],
  ["aws_key_pair", "no one logs in to a local host"],
  ["aws_ec2_tag", "tags change nothing"],
  ["aws_resourcegroups_", "tags change nothing"],
  ["aws_ssm_document", "local processes call no AWS API"],
  ["terraform_data", "it only orders and triggers"],
  ["random_id", "it is resolved where it is used"],
  ["random_string", "it is resolved where it is used"],
  ["random_password", "it is resolved where it is used"],
  ["time_", "it only delays"],
];

/** Why a type has no local effect; undefined if it has one or is unknown. */
export function withoutLocalEffect(type: string): string | undefined {
  // A prefix ends at the end of the type or at a "_": aws_route covers aws_route_table, not aws_route53_*.
  return WITHOUT_LOCAL_EFFECT.find(
    ([prefix]) => type === prefix || type.startsWith(prefix.endsWith("_") ? prefix : `${prefix}_`),
  )?.[1];
}
