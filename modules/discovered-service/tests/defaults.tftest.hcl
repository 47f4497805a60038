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
  name                    = "dev-search"
  image                   = "example.com/search:2.1.0"
  port                    = 9200
  cluster_name            = "dev"
  vpc_id                  = "vpc-0123abcd"
  subnets                 = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  host_security_group_ids = ["sg-0123abcd"]
  namespace               = { id = "ns-0123abcd", name = "dev-ecs", vpc_id = "vpc-0123abcd" }
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
    condition     = length(aws_security_group.discovered_network_security_group) == 0 && output.security_group_ids == tolist(["sg-0123abcd"])
    error_message = "tasks use the security group of the hosts"
  }

  assert {
    condition     = length(aws_iam_role_policy.discovered_roles_execution_secrets) + length(aws_iam_role_policy.discovered_roles_task_policy) == 0
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
    task_policies   = ["{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"]
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
    condition     = [for statement in jsondecode(aws_iam_role_policy.discovered_roles_task_policy[0].policy).Statement : length(flatten([statement.Action]))] == [1, 4]
    error_message = "the task role has the given rights, and those of ECS Exec"
  }
}

# As modules/redis calls it.
run "single_task" {
  variables {
    single_task           = true
    stopped               = true
    exec                  = true
    timeout_minutes       = 18
    capacity_provider     = "hosts"
    container             = { name = "db", user = "999:999" }
    sidecars              = [{ name = "metrics", image = "example.com/metrics:1", memory = 32 }]
    task_definition_tags  = { version = "8" }
    efs_volumes           = { data = { file_system_id = "fs-0123abcd", access_point_id = "fsap-0123abcd", path = "/data" } }
    placement_constraints = [{ type = "memberOf", expression = "attribute:ecs.instance-type =~ r7g.*" }]
  }

  assert {
    condition     = aws_ecs_service.discovered_service.desired_count == 0 && aws_ecs_service.discovered_service.deployment_minimum_healthy_percent == 0 && aws_ecs_service.discovered_service.deployment_maximum_percent == 100
    error_message = "no task runs, and an old task stops before a new one starts"
  }

  assert {
    condition     = aws_ecs_service.discovered_service.availability_zone_rebalancing == "DISABLED" && length(aws_ecs_service.discovered_service.ordered_placement_strategy) == 0
    error_message = "rebalancing would start a second task"
  }

  assert {
    condition     = aws_ecs_service.discovered_service.deployment_circuit_breaker[0] == { enable = false, rollback = false }
    error_message = "ECS starts tasks until one stays healthy"
  }

  assert {
    condition     = aws_ecs_service.discovered_service.timeouts.update == "18m" && aws_ecs_service.discovered_service.wait_for_steady_state
    error_message = "an apply waits until the task is healthy"
  }

  assert {
    condition     = one(aws_ecs_service.discovered_service.capacity_provider_strategy).capacity_provider == "hosts" && one(aws_ecs_service.discovered_service.placement_constraints).type == "memberOf"
    error_message = "the service has the capacity provider and the constraint"
  }

  assert {
    condition     = one(aws_ecs_service.discovered_service.service_registries).container_name == "db"
    error_message = "the record is of the container"
  }

  assert {
    condition     = [for container in jsondecode(aws_ecs_task_definition.discovered_task_definition.container_definitions) : container.logConfiguration.options["awslogs-stream-prefix"]] == ["db", "metrics"]
    error_message = "each container logs in streams of its name"
  }

  assert {
    condition     = one(one(one(aws_ecs_task_definition.discovered_task_definition.volume).efs_volume_configuration).authorization_config) == { access_point_id = "fsap-0123abcd", iam = "ENABLED" } && one(one(aws_ecs_task_definition.discovered_task_definition.volume).efs_volume_configuration).transit_encryption == "ENABLED"
    error_message = "the volume is mounted through the access point, with the task's role and TLS"
  }

  assert {
    condition     = aws_ecs_task_definition.discovered_task_definition.tags == tomap({ Name = "dev-search", version = "8" })
    error_message = "the task definition has its tags"
  }
}

run "existing_roles_and_names" {
  variables {
    name_prefix    = "eu-search"
    exec           = true
    task_policies  = ["{\"Version\":\"2012-10-17\",\"Statement\":[]}"]
    secrets        = { OTHER = "arn:aws:ssm:eu-central-1:111111111111:parameter/other" }
    execution_role = { arn = "arn:aws:iam::111111111111:role/ecs/pull" }
    task_role      = { arn = "arn:aws:iam::111111111111:role/search" }
  }

  assert {
    condition     = length(aws_iam_role.discovered_roles_execution) + length(aws_iam_role.discovered_roles_task) + length(aws_iam_role_policy_attachment.discovered_roles_execution_ecs) + length(aws_iam_role_policy.discovered_roles_execution_secrets) + length(aws_iam_role_policy.discovered_roles_task_policy) == 0
    error_message = "the module leaves existing roles alone"
  }

  assert {
    condition     = aws_ecs_task_definition.discovered_task_definition.execution_role_arn == var.execution_role.arn && aws_ecs_task_definition.discovered_task_definition.task_role_arn == var.task_role.arn && output.execution_role_name == "pull"
    error_message = "tasks have the existing roles"
  }

  assert {
    condition     = output.dns_name == "dev-search.dev-ecs" && output.service_name == "eu-search" && output.log_group_name == "/ecs/eu-search" && output.task_definition_family == "eu-search"
    error_message = "all names but the DNS name begin with the prefix"
  }
}

run "several_security_groups" {
  variables {
    network_mode            = "host"
    host_security_group_ids = ["sg-0123abcd", "sg-4567abcd"]
    client_security_groups  = { app = "sg-89ababcd" }
  }

  assert {
    condition     = { for key, rule in aws_vpc_security_group_ingress_rule.discovered_client_to : key => rule.security_group_id } == { app = "sg-0123abcd", app-1 = "sg-4567abcd" }
    error_message = "each security group of the hosts lets clients in"
  }
}
