# What the module creates with its defaults, and what the network modes and other inputs change.

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
  name                   = "dev-search"
  image                  = "example.com/search:2.1.0"
  port                   = 9200
  cluster_name           = "dev"
  vpc_id                 = "vpc-0123abcd"
  subnet_ids             = ["subnet-0123abcd", "subnet-4567abcd"]
  host_security_group_id = "sg-0123abcd"
  namespace              = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-0123abcd" }
}

run "defaults" {
  assert {
    condition     = output.dns_name == "dev-search.dev-ecs"
    error_message = "dns_name: ${output.dns_name}"
  }

  assert {
    condition     = aws_ecs_service.discovered_service.launch_type == "EC2" && length(aws_ecs_service.discovered_service.capacity_provider_strategy) == 0
    error_message = "without capacity_provider the service has the launch type EC2"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.discovered_task_definition.container_definitions)[0].portMappings[0].hostPort == 0
    error_message = "in bridge mode, ECS chooses the port of the host"
  }

  assert {
    condition     = jsondecode(aws_ecs_task_definition.discovered_task_definition.container_definitions)[0].environment == [{ name = "AWS_REGION", value = "eu-central-1" }, { name = "PORT", value = "9200" }]
    error_message = "the program has AWS_REGION and PORT"
  }

  assert {
    condition     = aws_ecs_service.discovered_service.service_registries[0].container_port == 9200 && length(aws_ecs_service.discovered_service.network_configuration) == 0
    error_message = "the record has the container's port on the host"
  }

  assert {
    condition     = length(aws_security_group.discovered_network_security_group) == 0 && output.security_group_id == "sg-0123abcd"
    error_message = "tasks use the security group of the hosts"
  }

  assert {
    condition     = length(aws_iam_role_policy.discovered_roles_execution_secrets) + length(aws_iam_role_policy.discovered_roles_task_policy) + length(aws_iam_role_policy.exec) == 0
    error_message = "no rights that nothing needs"
  }
}

run "awsvpc_mode" {
  variables {
    network_mode           = "awsvpc"
    records                = "A"
    client_security_groups = { app = "sg-89ababcd" }
    dynamic_port_range     = { from = 40000, to = 49999 }
  }

  assert {
    condition     = aws_ecs_service.discovered_service.network_configuration[0].security_groups == toset(["sg-4567abcd"])
    error_message = "tasks have a security group of their own"
  }

  assert {
    condition     = aws_ecs_service.discovered_service.service_registries[0].container_name == null && aws_ecs_service.discovered_service.service_registries[0].port == null
    error_message = "an A record has no port"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.discovered_client_to["app"].security_group_id == "sg-4567abcd"
    error_message = "clients may connect"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.discovered_network_hosts_from_here[0].from_port == 40000
    error_message = "tasks may connect to the hosts' dynamic ports"
  }
}

run "host_mode" {
  variables {
    network_mode = "host"
  }

  assert {
    condition     = aws_ecs_service.discovered_service.deployment_minimum_healthy_percent == 0 && aws_ecs_service.discovered_service.deployment_maximum_percent == 100
    error_message = "the only task stops before the next one takes its port"
  }
}

run "several_tasks_in_host_mode" {
  variables {
    network_mode  = "host"
    desired_count = 4
  }

  assert {
    condition     = aws_ecs_service.discovered_service.deployment_minimum_healthy_percent == 50
    error_message = "half of the tasks keep running"
  }
}

run "secrets_and_rights" {
  variables {
    exec            = true
    secret_key_arns = ["arn:aws:kms:eu-central-1:111111111111:key/0"]
    task_policies   = ["{\"Version\":\"2012-10-17\",\"Statement\":[]}"]
    secrets = {
      TOKEN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:token-a1B2c3:key::"
      OTHER = "arn:aws:ssm:eu-central-1:111111111111:parameter/other"
    }
  }

  assert {
    condition = [for statement in jsondecode(aws_iam_role_policy.discovered_roles_execution_secrets[0].policy).Statement : one(statement.Resource)] == [
      "arn:aws:secretsmanager:eu-central-1:111111111111:secret:token-a1B2c3",
      "arn:aws:ssm:eu-central-1:111111111111:parameter/other",
      "arn:aws:kms:eu-central-1:111111111111:key/0",
    ]
    error_message = "ECS may read only the given secrets"
  }

  assert {
    condition     = length(aws_iam_role_policy.discovered_roles_task_policy) == 1 && length(aws_iam_role_policy.exec) == 1
    error_message = "the task role has the given rights, and those of ECS Exec"
  }
}
