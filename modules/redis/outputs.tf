output "url" {
  description = "The app's REDIS_URL, without a password: `redis+srv://<name>.<namespace>`"
  value       = "redis+srv://${module.service.dns_name}"
}

output "srv_name" {
  description = "SRV name of Redis"
  value       = module.service.dns_name
}

output "password_secret_arn" {
  description = "Secret with the password in use, for REDIS_PASSWORD in the secrets of the app's container"
  value       = local.password_secret_arn
}

output "password_secret_arns" {
  description = "Both secrets, by the letter of their password"
  value       = { a = aws_secretsmanager_secret.password_secret.arn, b = aws_secretsmanager_secret.password_secret_b.arn }
}

output "client_policy_json" {
  description = "Policy for the app's task role. It allows the app to query Cloud Map for Redis"
  value       = module.service.client_policy_json
}

output "execution_policy_json" {
  description = "Policy for the app's execution role. It allows ECS to read both passwords, and to decrypt them if secret_kms_key_arn is set"
  value       = local.read_passwords_policy
}

output "task_policy_json" {
  description = "Policy for a task_role. It allows Redis to mount its folder"
  value       = local.mount_policy
}

output "security_group_ids" {
  description = "Security groups of Redis, which are the hosts'. They must allow clients with other security groups on the hosts' dynamic ports"
  value       = module.service.security_group_ids
}

output "file_system_security_group_id" {
  description = "Security group of the mount targets; null with an existing file system"
  value       = one(aws_security_group.storage_security_group[*].id)
}

output "file_system_id" {
  description = "File system with Redis' data. A backup of the live files may be inconsistent"
  value       = local.file_system_id
}

output "access_point_arn" {
  description = "ARN of the access point of Redis' folder"
  value       = aws_efs_access_point.storage_access_point.arn
}

output "access_point_id" {
  description = "Access point of Redis' folder"
  value       = aws_efs_access_point.storage_access_point.id
}

output "execution_role_arn" {
  description = "ARN of the execution role"
  value       = module.service.execution_role_arn
}

output "execution_role_name" {
  description = "Execution role of Redis, which reads the passwords"
  value       = module.service.execution_role_name
}

output "task_role_arn" {
  description = "ARN of the task role"
  value       = module.service.task_role_arn
}

output "task_role_name" {
  description = "Task role of Redis, which mounts the file system"
  value       = module.service.task_role_name
}

output "service_arn" {
  description = "ARN of the ECS service"
  value       = module.service.service_arn
}

output "service_name" {
  description = "ECS service"
  value       = module.service.service_name
}

output "task_definition_arn" {
  description = "ARN of the task definition, with its revision"
  value       = module.service.task_definition_arn
}

output "task_definition_family" {
  description = "Family of the task definition"
  value       = module.service.task_definition_family
}

output "registry_arn" {
  description = "ARN of the Cloud Map service"
  value       = module.service.registry_arn
}

output "registry_id" {
  description = "Id of the Cloud Map service"
  value       = module.service.registry_id
}

output "log_group_arn" {
  description = "ARN of the log group"
  value       = module.service.log_group_arn
}

output "log_group_name" {
  description = "Log group of the containers"
  value       = module.service.log_group_name
}

output "alarm_arns" {
  description = "ARNs of the alarms by their names; empty without alarm_topic_arns"
  value = {
    for alarm in concat(
      aws_cloudwatch_metric_alarm.redis_not_running,
      aws_cloudwatch_metric_alarm.redis_restarts,
      aws_cloudwatch_metric_alarm.redis_memory,
      aws_cloudwatch_metric_alarm.redis_memory_reported,
      aws_cloudwatch_metric_alarm.redis_full,
      aws_cloudwatch_metric_alarm.redis_full_reported,
      aws_cloudwatch_metric_alarm.redis_append,
      aws_cloudwatch_metric_alarm.redis_loading,
      aws_cloudwatch_metric_alarm.redis_no_metrics,
      aws_cloudwatch_metric_alarm.redis_host_silent,
      aws_cloudwatch_metric_alarm.efs_io_limit,
      aws_cloudwatch_metric_alarm.efs_burst_credits,
    ) : alarm.alarm_name => alarm.arn
  }
}

output "check_overrides" {
  description = "Overrides of a one-off task of Redis' task definition, for `aws ecs run-task`, while Redis is stopped: checks the append-only file, and repairs it after a copy"
  value       = jsonencode({ containerOverrides = [{ name = "redis", command = ["sh", "-c", file("${path.module}/scripts/check-file.sh")] }] })
}

output "backup_copy_command" {
  description = "Command of a container that makes a complete copy of the data in a folder `backup-<time>` beside them, for backups"
  value       = ["sh", "-c", file("${path.module}/scripts/backup-copy.sh")]
}
