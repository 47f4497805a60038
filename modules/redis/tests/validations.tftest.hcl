# Each run breaks one validation.

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

variables {
  name                   = "dev-redis"
  cluster_name           = "dev"
  subnets                = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  vpc_id                 = "vpc-0123abcd"
  host_security_group_id = "sg-0123abcd"
  namespace              = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-0123abcd" }
}

run "name" {
  command = plan
  variables { name = "Dev Redis" }
  expect_failures = [var.name]
}

run "cluster_name" {
  command = plan
  variables { cluster_name = "dev cluster" }
  expect_failures = [var.cluster_name]
}

run "capacity_provider" {
  command = plan
  variables { capacity_provider = "-" }
  expect_failures = [var.capacity_provider]
}

run "vpc_id" {
  command = plan

  variables {
    vpc_id    = "main"
    namespace = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "main" }
  }

  expect_failures = [var.vpc_id]
}

run "host_security_group_id" {
  command = plan
  variables { host_security_group_id = "hosts" }
  expect_failures = [var.host_security_group_id]
}

run "namespace_id" {
  command = plan
  variables { namespace = { id = "dev", name = "dev-ecs", vpc_id = "vpc-0123abcd" } }
  expect_failures = [var.namespace]
}

run "namespace_name" {
  command = plan
  variables { namespace = { id = "ns-0123abcd", name = "Dev", vpc_id = "vpc-0123abcd" } }
  expect_failures = [var.namespace]
}

run "namespace_of_another_vpc" {
  command = plan
  variables { namespace = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-4567abcd" } }
  expect_failures = [var.namespace]
}

run "log_retention_days" {
  command = plan
  variables { log_retention_days = 2 }
  expect_failures = [var.log_retention_days]
}

run "log_kms_key_arn" {
  command = plan
  variables { log_kms_key_arn = "alias/logs" }
  expect_failures = [var.log_kms_key_arn]
}

run "tags_too_many" {
  command = plan
  variables { tags = { for number in range(41) : "tag${number}" => "a" } }
  expect_failures = [var.tags]
}

run "tags_value" {
  command = plan
  variables { tags = { team = "a;b" } }
  expect_failures = [var.tags]
}

run "tags_of_aws" {
  command = plan
  variables { tags = { "aws:team" = "a" } }
  expect_failures = [var.tags]
}

run "tags_in_two_cases" {
  command = plan
  variables { tags = { team = "a", Team = "b" } }
  expect_failures = [var.tags]
}

run "permissions_boundary_arn" {
  command = plan
  variables { permissions_boundary_arn = "boundary" }
  expect_failures = [var.permissions_boundary_arn]
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

run "dns_ttl" {
  command = plan
  variables { dns_ttl = 0 }
  expect_failures = [var.dns_ttl]
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

run "placement_constraints_type" {
  command = plan
  variables { placement_constraints = [{ type = "spread" }] }
  expect_failures = [var.placement_constraints]
}

run "placement_constraints_expression" {
  command = plan
  variables { placement_constraints = [{ type = "memberOf" }] }
  expect_failures = [var.placement_constraints]
}

run "placement_constraints_too_many" {
  command = plan
  variables { placement_constraints = [for number in range(11) : { type = "distinctInstance" }] }
  expect_failures = [var.placement_constraints]
}

run "secret_kms_key_arn" {
  command = plan
  variables { secret_kms_key_arn = "alias/secrets" }
  expect_failures = [var.secret_kms_key_arn]
}
