# What the module creates with its defaults, what switches change, and how passwords rotate. The service that it calls has
# tests of its own. The provider random is the real one: mock providers have no ephemeral resources, and it needs no
# credentials.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/dev-redis" }
  }

  mock_resource "aws_efs_access_point" {
    defaults = { id = "fsap-0123abcd", arn = "arn:aws:elasticfilesystem:eu-central-1:111111111111:access-point/fsap-0123abcd" }
  }

  mock_resource "aws_efs_file_system" {
    defaults = { id = "fs-0123abcd" }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-central-1:111111111111:task-definition/dev-redis:1" }
  }

  mock_resource "aws_service_discovery_service" {
    defaults = { arn = "arn:aws:servicediscovery:eu-central-1:111111111111:service/srv-0123abcd" }
  }
}

override_resource {
  target = aws_secretsmanager_secret.password_secret
  values = { arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:dev-redis-password-a1B2c3" }
}

override_resource {
  target = aws_secretsmanager_secret.password_secret_b
  values = { arn = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:dev-redis-password-b-a1B2c3" }
}

variables {
  name                    = "dev-redis"
  cluster_name            = "dev"
  vpc_id                  = "vpc-0123abcd"
  subnets                 = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  host_security_group_ids = ["sg-0123abcd"]
  namespace               = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-0123abcd" }
}

run "defaults" {
  assert {
    condition     = output.url == "redis+srv://dev-redis.dev-ecs"
    error_message = "url: ${output.url}"
  }

  assert {
    condition     = local.deploy_minutes == 18
    error_message = "deploy_minutes: ${local.deploy_minutes}"
  }

  assert {
    condition     = aws_secretsmanager_secret.password_secret.recovery_window_in_days == 30
    error_message = "recovery_window_in_days is 30, as in AWS"
  }

  assert {
    condition     = toset(keys(aws_efs_mount_target.storage_mount_target)) == toset(["a", "b"])
    error_message = "one mount target for each subnet"
  }

  assert {
    condition     = length(jsondecode(aws_efs_file_system_policy.storage_policy[0].policy).Statement) == 2
    error_message = "the file system allows Redis' role alone, with TLS"
  }

  assert {
    condition     = local.redis_container.readonlyRootFilesystem
    error_message = "the root file system is read-only"
  }

  assert {
    condition     = length(jsondecode(output.task_policy_json).Statement) == 1
    error_message = "the task may only mount its folder"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.redis_not_running) == 0
    error_message = "no alarm without a topic"
  }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret.arn
    error_message = "the app uses password a"
  }

  assert {
    condition     = aws_efs_file_system.storage_efs[0].encrypted
    error_message = "data is encrypted at rest"
  }

  assert {
    condition     = jsondecode(aws_efs_file_system_policy.storage_policy[0].policy).Statement[1].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "the file system refuses clients without TLS"
  }

  assert {
    condition     = length(aws_efs_access_point.storage_access_point.root_directory[0].creation_info) == 1
    error_message = "EFS creates the folder"
  }

  assert {
    condition     = toset([for secret in local.redis_container.secrets : secret.valueFrom]) == toset([aws_secretsmanager_secret.password_secret.arn, aws_secretsmanager_secret.password_secret_b.arn])
    error_message = "Redis accepts both passwords"
  }

  assert {
    condition     = jsondecode(output.execution_policy_json).Statement[*].Action == ["secretsmanager:GetSecretValue"]
    error_message = "without a key of its own, no right to decrypt"
  }
}

run "exec_and_metrics" {
  variables {
    exec    = true
    metrics = true
  }

  assert {
    condition     = !local.redis_container.readonlyRootFilesystem
    error_message = "the agent of ECS Exec writes to the root file system"
  }
}

run "existing_file_system" {
  variables {
    subnets     = {}
    file_system = { id = "fs-4567abcd", path = "/games/redis" }
  }

  assert {
    condition     = length(aws_efs_file_system.storage_efs) + length(aws_efs_mount_target.storage_mount_target) + length(aws_efs_file_system_policy.storage_policy) == 0
    error_message = "the module leaves an existing file system alone"
  }

  assert {
    condition     = aws_efs_access_point.storage_access_point.root_directory[0].path == "/games/redis" && output.file_system_id == "fs-4567abcd"
    error_message = "the folder is on the existing file system"
  }

  assert {
    condition     = output.file_system_security_group_id == null
    error_message = "file_system_security_group_id is null"
  }

  assert {
    condition     = length(aws_efs_access_point.storage_access_point.root_directory[0].creation_info) == 0
    error_message = "a wrong path must start no empty Redis"
  }
}

run "new_folder_on_an_existing_file_system" {
  variables {
    subnets     = {}
    file_system = { id = "fs-4567abcd", path = "/redis", create = true }
  }

  assert {
    condition     = one(aws_efs_access_point.storage_access_point.root_directory[0].creation_info) == { owner_uid = 999, owner_gid = 999, permissions = "0700" }
    error_message = "EFS creates the folder for Redis' user"
  }
}

run "secret_kms_key" {
  variables {
    secret_kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/0"
  }

  assert {
    condition     = aws_secretsmanager_secret.password_secret.kms_key_id == var.secret_kms_key_arn && aws_secretsmanager_secret.password_secret_b.kms_key_id == var.secret_kms_key_arn
    error_message = "both passwords are encrypted with the key"
  }

  assert {
    condition     = jsondecode(output.execution_policy_json).Statement[1].Resource == var.secret_kms_key_arn
    error_message = "the app may decrypt the passwords with the key"
  }

  assert {
    condition     = jsondecode(output.execution_policy_json).Statement[1].Condition.StringLike["kms:ViaService"] == "secretsmanager.eu-central-1.amazonaws.com*"
    error_message = "the key is for Secrets Manager alone"
  }
}

run "stopped" {
  variables {
    stopped          = true
    alarm_topic_arns = ["arn:aws:sns:eu-central-1:111111111111:alarms"]
  }

  assert {
    condition     = !anytrue([aws_cloudwatch_metric_alarm.redis_not_running[0].actions_enabled, aws_cloudwatch_metric_alarm.redis_host_silent[0].actions_enabled])
    error_message = "alarms send nothing"
  }
}

run "alarms" {
  variables {
    alarm_topic_arns = ["arn:aws:sns:eu-central-1:111111111111:alarms"]
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.redis_memory) == 1 && length(aws_cloudwatch_metric_alarm.redis_memory_reported) == 0
    error_message = "without metrics, the alarm has the metric of ECS"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.redis_not_running[0].actions_enabled && aws_cloudwatch_metric_alarm.redis_full[0].threshold == 40
    error_message = "alarms send, and Redis is full at 90 % of 45 % of the container's memory"
  }

  assert {
    condition     = toset(keys(output.alarm_arns)) == toset([for name in ["not-running", "restarts", "memory", "full", "host-silent", "efs-io-limit"] : "dev-redis-${name}"])
    error_message = "alarm_arns: ${join(", ", keys(output.alarm_arns))}"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.efs_burst_credits) == 0
    error_message = "a new file system has no burst credits"
  }
}

run "alarms_with_metrics" {
  variables {
    metrics           = true
    alarm_topic_arns  = ["arn:aws:sns:eu-central-1:111111111111:alarms"]
    maxmemory_policy  = "allkeys-lru"
    maxmemory_percent = 50
  }

  assert {
    condition     = contains(local.redis_container.environment, { name = "SERVER_MAXMEMORY", value = "256mb" })
    error_message = "data takes at most half of 512 MiB"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.redis_memory_reported[0].threshold == 180
    error_message = "the container is nearly full at 180 % of half its memory"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.redis_memory) == 0 && length(aws_cloudwatch_metric_alarm.redis_memory_reported) == 1
    error_message = "with metrics, the alarm has Redis' own metric"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.redis_full_reported) == 0
    error_message = "a Redis that may evict any key refuses no write"
  }
}

run "rotation_step_1" {
  variables { password_version = 1 }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret.arn
    error_message = "the app uses password a"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [1, 1] && contains(local.redis_container.environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 1, b: 1" })
    error_message = "values of a: 1, of b: 1; Redis restarts if one changes"
  }
}

run "rotation_step_2" {
  variables { password_version = 2 }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret_b.arn
    error_message = "the app uses password b"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [1, 1] && contains(local.redis_container.environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 1, b: 1" })
    error_message = "values of a: 1, of b: 1; Redis restarts if one changes"
  }
}

run "rotation_step_3" {
  variables { password_version = 3 }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret_b.arn
    error_message = "the app uses password b"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [2, 1] && contains(local.redis_container.environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 2, b: 1" })
    error_message = "values of a: 2, of b: 1; Redis restarts if one changes"
  }
}

run "rotation_step_4" {
  variables { password_version = 4 }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret.arn
    error_message = "the app uses password a"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [2, 1] && contains(local.redis_container.environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 2, b: 1" })
    error_message = "values of a: 2, of b: 1; Redis restarts if one changes"
  }
}

run "rotation_step_5" {
  variables { password_version = 5 }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret.arn
    error_message = "the app uses password a"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [2, 2] && contains(local.redis_container.environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 2, b: 2" })
    error_message = "values of a: 2, of b: 2; Redis restarts if one changes"
  }
}
