# Each run breaks one validation.

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

variables {
  name                    = "dev-redis"
  cluster_name            = "dev"
  subnets                 = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  vpc_id                  = "vpc-0123abcd"
  host_security_group_ids = ["sg-0123abcd"]
  namespace               = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-0123abcd" }
}

run "subnets_one" {
  command = plan
  variables { subnets = { a = "subnet-0123abcd" } }
  expect_failures = [var.subnets]
}

run "subnets_id" {
  command = plan
  variables { subnets = { a = "subnet-0123abcd", b = "b" } }
  expect_failures = [var.subnets]
}

run "subnets_twice" {
  command = plan
  variables { subnets = { a = "subnet-0123abcd", b = "subnet-0123abcd" } }
  expect_failures = [var.subnets]
}

run "subnets_with_a_file_system" {
  command = plan
  variables { file_system = { id = "fs-0123abcd", path = "/redis" } }
  expect_failures = [var.subnets]
}

run "image_without_version" {
  command = plan
  variables { image = "redis" }
  expect_failures = [var.image]
}

run "image_latest" {
  command = plan
  variables { image = "redis:latest" }
  expect_failures = [var.image]
}

run "image_alpine" {
  command = plan
  variables { image = "redis:8.0.4-alpine" }
  expect_failures = [var.image]
}

run "major_version" {
  command = plan

  variables {
    major_version = 5
    image         = "redis:stable"
  }

  expect_failures = [var.major_version]
}

run "major_version_of_the_image" {
  command = plan
  variables { image = "redis:7.4" }
  expect_failures = [var.major_version]
}

run "memory" {
  command = plan
  variables { memory = 64 }
  expect_failures = [var.memory]
}

run "cpu" {
  command = plan
  variables { cpu = 0 }
  expect_failures = [var.cpu]
}

run "maxmemory_policy" {
  command = plan
  variables { maxmemory_policy = "lru" }
  expect_failures = [var.maxmemory_policy]
}

run "appendfsync" {
  command = plan
  variables { appendfsync = "no" }
  expect_failures = [var.appendfsync]
}

run "parameters_name" {
  command = plan
  variables { parameters = { dir = "/tmp" } }
  expect_failures = [var.parameters]
}

run "parameters_value" {
  command = plan
  variables { parameters = { timeout = "1; reboot" } }
  expect_failures = [var.parameters]
}

run "parameters_value_with_an_option" {
  command = plan
  variables { parameters = { timeout = "300 --appendonly no --maxmemory 0" } }
  expect_failures = [var.parameters]
}

run "health_check_interval" {
  command = plan
  variables { health_check = { interval = 5 } }
  expect_failures = [var.health_check]
}

run "health_check_timeout" {
  command = plan
  variables { health_check = { timeout = 5 } }
  expect_failures = [var.health_check]
}

run "health_check_retries" {
  command = plan
  variables { health_check = { retries = 3 } }
  expect_failures = [var.health_check]
}

run "secret_recovery_window_days" {
  command = plan
  variables { secret_recovery_window_days = 1 }
  expect_failures = [var.secret_recovery_window_days]
}

run "password_version" {
  command = plan
  variables { password_version = 0 }
  expect_failures = [var.password_version]
}

run "file_system_id" {
  command = plan

  variables {
    subnets     = {}
    file_system = { id = "redis", path = "/redis" }
  }

  expect_failures = [var.file_system]
}

run "file_system_root" {
  command = plan

  variables {
    subnets     = {}
    file_system = { id = "fs-0123abcd", path = "/" }
  }

  expect_failures = [var.file_system]
}

run "kms_key_arn" {
  command = plan
  variables { kms_key_arn = "alias/efs" }
  expect_failures = [var.kms_key_arn]
}

run "kms_key_arn_of_an_existing_file_system" {
  command = plan

  variables {
    subnets     = {}
    kms_key_arn = "arn:aws:kms:eu-central-1:111111111111:key/0"
    file_system = { id = "fs-0123abcd", path = "/redis" }
  }

  expect_failures = [var.kms_key_arn]
}

run "alarm_topic_arns" {
  command = plan
  variables { alarm_topic_arns = ["alarms"] }
  expect_failures = [var.alarm_topic_arns]
}

run "maxmemory_percent" {
  command = plan
  variables { maxmemory_percent = 80 }
  expect_failures = [var.maxmemory_percent]
}

run "secret_kms_key_arn" {
  command = plan
  variables { secret_kms_key_arn = "alias/secrets" }
  expect_failures = [var.secret_kms_key_arn]
}
