# What keeps the data and the passwords safe. The provider random is the real one: mock providers
# have no ephemeral resources, and it needs no credentials.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/dev-redis" }
  }

  mock_resource "aws_efs_access_point" {
    defaults = { arn = "arn:aws:elasticfilesystem:eu-central-1:111111111111:access-point/fsap-0123abcd" }
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
  name                   = "dev-redis"
  cluster_name           = "dev"
  vpc_id                 = "vpc-0123abcd"
  subnets                = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  host_security_group_id = "sg-0123abcd"
  namespace              = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-0123abcd" }
}

run "one_writer" {
  assert {
    condition     = aws_ecs_service.redis_service.desired_count == 1 && aws_ecs_service.redis_service.deployment_minimum_healthy_percent == 0 && aws_ecs_service.redis_service.deployment_maximum_percent == 100
    error_message = "the old task stops before the new one starts"
  }

  assert {
    condition     = aws_ecs_service.redis_service.availability_zone_rebalancing == "DISABLED"
    error_message = "rebalancing would start a second task"
  }

  assert {
    condition     = aws_ecs_service.redis_service.deployment_circuit_breaker[0] == { enable = false, rollback = false }
    error_message = "ECS starts tasks until Redis runs"
  }

  assert {
    condition     = aws_ecs_service.redis_service.wait_for_steady_state
    error_message = "an apply ends when Redis is healthy"
  }
}

run "file_system" {
  assert {
    condition     = aws_efs_file_system.storage_efs[0].encrypted
    error_message = "data is encrypted at rest"
  }

  assert {
    condition     = one(aws_ecs_task_definition.redis_task_definition.volume).efs_volume_configuration[0].transit_encryption == "ENABLED"
    error_message = "data is encrypted between host and EFS"
  }

  assert {
    condition     = one(aws_ecs_task_definition.redis_task_definition.volume).efs_volume_configuration[0].authorization_config[0].iam == "ENABLED"
    error_message = "the task's role must be allowed to mount"
  }

  assert {
    condition     = one(aws_ecs_task_definition.redis_task_definition.volume).efs_volume_configuration[0].authorization_config[0].access_point_id == aws_efs_access_point.storage_access_point.id
    error_message = "the access point sets folder and user"
  }

  assert {
    condition     = jsondecode(aws_efs_file_system_policy.storage_policy[0].policy).Statement[1].Condition.Bool["aws:SecureTransport"] == "false"
    error_message = "the file system refuses clients without TLS"
  }
}

run "folder_of_an_existing_file_system" {
  variables {
    subnets     = {}
    file_system = { id = "fs-4567abcd", path = "/redis" }
  }

  assert {
    condition     = length(aws_efs_access_point.storage_access_point.root_directory[0].creation_info) == 0
    error_message = "a wrong path must start no empty Redis"
  }
}

run "folder_of_a_new_file_system" {
  assert {
    condition     = length(aws_efs_access_point.storage_access_point.root_directory[0].creation_info) == 1
    error_message = "EFS creates the folder"
  }
}

run "passwords" {
  assert {
    condition     = toset([for secret in jsondecode(aws_ecs_task_definition.redis_task_definition.container_definitions)[0].secrets : secret.valueFrom]) == toset([aws_secretsmanager_secret.password_secret.arn, aws_secretsmanager_secret.password_secret_b.arn])
    error_message = "Redis accepts both passwords"
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.redis_roles_execution_secrets.policy).Statement[*].Action == ["secretsmanager:GetSecretValue"]
    error_message = "without a key of its own, no right to decrypt"
  }
}

run "rotation_step_1" {
  variables {
    password_version = 1
  }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret.arn
    error_message = "the app uses password a"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [1, 1]
    error_message = "a has had 1 value, b 1"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.redis_task_definition.container_definitions)[0].environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 1, b: 1" })
    error_message = "Redis restarts if a value changes"
  }
}

run "rotation_step_2" {
  variables {
    password_version = 2
  }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret_b.arn
    error_message = "the app uses password b"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [1, 1]
    error_message = "a has had 1 value, b 1"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.redis_task_definition.container_definitions)[0].environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 1, b: 1" })
    error_message = "Redis restarts if a value changes"
  }
}

run "rotation_step_3" {
  variables {
    password_version = 3
  }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret_b.arn
    error_message = "the app uses password b"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [2, 1]
    error_message = "a has had 2 values, b 1"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.redis_task_definition.container_definitions)[0].environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 2, b: 1" })
    error_message = "Redis restarts if a value changes"
  }
}

run "rotation_step_4" {
  variables {
    password_version = 4
  }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret.arn
    error_message = "the app uses password a"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [2, 1]
    error_message = "a has had 2 values, b 1"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.redis_task_definition.container_definitions)[0].environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 2, b: 1" })
    error_message = "Redis restarts if a value changes"
  }
}

run "rotation_step_5" {
  variables {
    password_version = 5
  }

  assert {
    condition     = output.password_secret_arn == aws_secretsmanager_secret.password_secret.arn
    error_message = "the app uses password a"
  }

  assert {
    condition     = [aws_secretsmanager_secret_version.password_value.secret_string_wo_version, aws_secretsmanager_secret_version.password_value_b.secret_string_wo_version] == [2, 2]
    error_message = "a has had 2 values, b 2"
  }

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.redis_task_definition.container_definitions)[0].environment, { name = "REDIS_PASSWORD_DRAWS", value = "a: 2, b: 2" })
    error_message = "Redis restarts if a value changes"
  }
}
