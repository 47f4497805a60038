import { always, type ResourceTypes, type ValueSource } from "./resource-type.ts";

/** Types without effect on local tasks, by what their names begin with, each with the reason. */
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
  ["aws_iam_", "no one checks what a task's role may do"],
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
  ["aws_secretsmanager_secret_policy", "no one checks what a task's role may do"],
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
  ["aws_ssm_document", "no one runs commands on a local host"],
  ["terraform_data", "it only orders and triggers"],
  ["random_id", "it is resolved where it is used"],
  ["random_string", "it is resolved where it is used"],
  ["random_password", "it is resolved where it is used"],
  ["time_", "it only delays"],
];

const NAMED = ["name", "name_prefix"] as const;

const regionOf = ({ region }: ValueSource): string | undefined => region;

/** Types that are not played. A role and a log group that are replaced change task definitions. */
export const others = {
  aws_vpc: {
    placeholder: { arn: "ec2:vpc/", id: "vpc-" },
  },
  aws_subnet: {
    placeholder: { arn: "ec2:subnet/", id: "subnet-" },
  },
  aws_security_group: {
    placeholder: { arn: "ec2:security-group/", id: "sg-" },
  },
  aws_iam_role: { replacedBy: always(...NAMED, "path") },
  aws_cloudwatch_log_group: {
    replacedBy: always(...NAMED, "log_group_class"),
    // Modules read the region and account from it.
    values: { arn: ({ given, arnOf }) => arnOf(String(given("name"))) },
    inContainers: "name",
    placeholder: { arn: "logs:log-group:" },
  },
  aws_sns_topic: { placeholder: { arn: "sns:" } },
  aws_sqs_queue: {
    placeholder: { arn: "sqs:", idIsUrl: true },
  },
  aws_s3_bucket: { placeholder: { arn: "s3:" } },
  aws_lambda_function: { placeholder: { arn: "lambda:function:" } },
  aws_sfn_state_machine: { placeholder: { arn: "states:stateMachine:" } },
  aws_instance: { placeholder: { arn: "ec2:instance/", id: "i-" } },
  aws_db_instance: { placeholder: { arn: "rds:db:", endpointHasPort: true } },
  aws_rds_cluster: { placeholder: { arn: "rds:cluster:" } },
  aws_redshift_cluster: { placeholder: { endpointHasPort: true } },
  aws_elasticache_cluster: { placeholder: { endpointHasPort: true } },
  aws_ecr_repository: { inContainers: "name" },
  aws_region: { values: { name: regionOf, region: regionOf, id: regionOf } },
  terraform_data: { replacedBy: always("triggers_replace"), sameAs: { output: "input" } },
} as const satisfies ResourceTypes;
