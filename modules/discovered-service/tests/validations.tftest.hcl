# Each run breaks one validation.

mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111111111111:role/dev-search" }
  }

  mock_resource "aws_ecs_task_definition" {
    defaults = { arn = "arn:aws:ecs:eu-central-1:111111111111:task-definition/dev-search:1" }
  }

  mock_resource "aws_service_discovery_service" {
    defaults = { arn = "arn:aws:servicediscovery:eu-central-1:111111111111:service/srv-0123abcd" }
  }

  mock_resource "aws_security_group" {
    defaults = { id = "sg-4567abcd" }
  }
}

variables {
  name                    = "dev-search"
  image                   = "example.com/search:2.1.0"
  port                    = 9200
  cluster_name            = "dev"
  subnets                 = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  vpc_id                  = "vpc-0123abcd"
  host_security_group_ids = ["sg-0123abcd"]
  namespace               = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-0123abcd" }
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

run "host_security_group_ids_none" {
  command = plan
  variables { host_security_group_ids = [] }
  expect_failures = [var.host_security_group_ids]
}

run "host_security_group_ids_id" {
  command = plan
  variables { host_security_group_ids = ["hosts"] }
  expect_failures = [var.host_security_group_ids]
}

run "host_security_group_ids_twice" {
  command = plan
  variables { host_security_group_ids = ["sg-0123abcd", "sg-0123abcd"] }
  expect_failures = [var.host_security_group_ids]
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

run "image" {
  command = plan
  variables { image = "search" }
  expect_failures = [var.image]
}

run "port" {
  command = plan
  variables { port = 0 }
  expect_failures = [var.port]
}

run "network_mode" {
  command = plan
  variables { network_mode = "none" }
  expect_failures = [var.network_mode]
}

run "records" {
  command = plan
  variables { records = "AAAA" }
  expect_failures = [var.records]
}

run "records_in_bridge_mode" {
  command = plan
  variables { records = "A" }
  expect_failures = [var.records]
}

run "dns_ttl" {
  command = plan
  variables { dns_ttl = 0 }
  expect_failures = [var.dns_ttl]
}

run "desired_count" {
  command = plan
  variables { desired_count = 0 }
  expect_failures = [var.desired_count]
}

run "memory" {
  command = plan
  variables { memory = 16 }
  expect_failures = [var.memory]
}

run "cpu" {
  command = plan
  variables { cpu = 0 }
  expect_failures = [var.cpu]
}

run "entry_point" {
  command = plan
  variables { entry_point = ["sh", null] }
  expect_failures = [var.entry_point]
}

run "command" {
  command = plan
  variables { command = ["sh", null] }
  expect_failures = [var.command]
}

run "environment_name" {
  command = plan
  variables { environment = { "LOG-LEVEL" = "a" } }
  expect_failures = [var.environment]
}

run "environment_of_the_module" {
  command = plan
  variables { environment = { PORT = "1" } }
  expect_failures = [var.environment]
}

run "environment_null" {
  command = plan
  variables { environment = { LOG_LEVEL = null } }
  expect_failures = [var.environment]
}

run "secrets_name" {
  command = plan
  variables { secrets = { "API-KEY" = "arn:aws:ssm:eu-central-1:111111111111:parameter/key" } }
  expect_failures = [var.secrets]
}

run "secrets_of_the_module" {
  command = plan
  variables { secrets = { PORT = "arn:aws:ssm:eu-central-1:111111111111:parameter/key" } }
  expect_failures = [var.secrets]
}

run "secrets_in_environment" {
  command = plan

  variables {
    secrets     = { A = "arn:aws:ssm:eu-central-1:111111111111:parameter/key" }
    environment = { A = "a" }
  }

  expect_failures = [var.secrets]
}

run "secrets_arn" {
  command = plan
  variables { secrets = { A = "/key" } }
  expect_failures = [var.secrets]
}

run "secret_key_arns" {
  command = plan

  variables {
    secrets         = { A = "arn:aws:ssm:eu-central-1:111111111111:parameter/key" }
    secret_key_arns = ["key"]
  }

  expect_failures = [var.secret_key_arns]
}

run "secret_key_arns_without_secrets" {
  command = plan
  variables { secret_key_arns = ["arn:aws:kms:eu-central-1:111111111111:key/0"] }
  expect_failures = [var.secret_key_arns]
}

run "task_policies" {
  command = plan
  variables { task_policies = ["s3:*"] }
  expect_failures = [var.task_policies]
}

run "health_check_command" {
  command = plan
  variables { health_check = { command = " " } }
  expect_failures = [var.health_check]
}

run "health_check_interval" {
  command = plan
  variables { health_check = { command = "true", interval = 1 } }
  expect_failures = [var.health_check]
}

run "health_check_timeout" {
  command = plan
  variables { health_check = { command = "true", timeout = 1 } }
  expect_failures = [var.health_check]
}

run "health_check_retries" {
  command = plan
  variables { health_check = { command = "true", retries = 0 } }
  expect_failures = [var.health_check]
}

run "health_check_start_period" {
  command = plan
  variables { health_check = { command = "true", start_period = 301 } }
  expect_failures = [var.health_check]
}

run "stop_timeout" {
  command = plan
  variables { stop_timeout = 1 }
  expect_failures = [var.stop_timeout]
}

run "client_security_groups_id" {
  command = plan

  variables {
    network_mode           = "host"
    client_security_groups = { app = "app" }
  }

  expect_failures = [var.client_security_groups]
}

run "client_security_groups_twice" {
  command = plan

  variables {
    network_mode           = "host"
    client_security_groups = { app = "sg-0123abcd", other = "sg-0123abcd" }
  }

  expect_failures = [var.client_security_groups]
}

run "client_security_groups_in_bridge_mode" {
  command = plan
  variables { client_security_groups = { app = "sg-0123abcd" } }
  expect_failures = [var.client_security_groups]
}

run "dynamic_port_range_low" {
  command = plan

  variables {
    network_mode       = "awsvpc"
    dynamic_port_range = { from = 1, to = 49999 }
  }

  expect_failures = [var.dynamic_port_range]
}

run "dynamic_port_range_empty" {
  command = plan

  variables {
    network_mode       = "awsvpc"
    dynamic_port_range = { from = 49999, to = 40000 }
  }

  expect_failures = [var.dynamic_port_range]
}

run "dynamic_port_range_in_bridge_mode" {
  command = plan
  variables { dynamic_port_range = { from = 40000, to = 49999 } }
  expect_failures = [var.dynamic_port_range]
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

run "subnets_none_in_awsvpc_mode" {
  command = plan

  variables {
    network_mode = "awsvpc"
    subnets      = {}
  }

  expect_failures = [var.subnets]
}

run "name_prefix" {
  command = plan
  variables { name_prefix = "Dev Search" }
  expect_failures = [var.name_prefix]
}

run "execution_role" {
  command = plan
  variables { execution_role = { arn = "role" } }
  expect_failures = [var.execution_role]
}

run "task_role" {
  command = plan
  variables { task_role = { arn = "arn:aws:iam::111111111111:user/a" } }
  expect_failures = [var.task_role]
}

run "execution_policies" {
  command = plan
  variables { execution_policies = ["s3:*"] }
  expect_failures = [var.execution_policies]
}

run "several_of_a_single_task" {
  command = plan

  variables {
    single_task   = true
    desired_count = 2
  }

  expect_failures = [var.desired_count]
}

run "container" {
  command = plan
  variables { container = { logConfiguration = {} } }
  expect_failures = [var.container]
}

run "container_text" {
  command = plan
  variables { container = "redis" }
  expect_failures = [var.container]
}

run "sidecars" {
  command = plan
  variables { sidecars = [{ name = "metrics" }] }
  expect_failures = [var.sidecars]
}

run "efs_volumes_file_system" {
  command = plan
  variables { efs_volumes = { data = { file_system_id = "efs", access_point_id = "fsap-0123abcd", path = "/data" } } }
  expect_failures = [var.efs_volumes]
}

run "efs_volumes_access_point" {
  command = plan
  variables { efs_volumes = { data = { file_system_id = "fs-0123abcd", access_point_id = "a", path = "/data" } } }
  expect_failures = [var.efs_volumes]
}

run "efs_volumes_path" {
  command = plan
  variables { efs_volumes = { data = { file_system_id = "fs-0123abcd", access_point_id = "fsap-0123abcd", path = "/" } } }
  expect_failures = [var.efs_volumes]
}

run "task_definition_tags" {
  command = plan
  variables { task_definition_tags = { version = null } }
  expect_failures = [var.task_definition_tags]
}

run "timeout_minutes" {
  command = plan
  variables { timeout_minutes = 1.5 }
  expect_failures = [var.timeout_minutes]
}

run "waits_for" {
  command = plan
  variables { waits_for = "all" }
  expect_failures = [var.waits_for]
}
