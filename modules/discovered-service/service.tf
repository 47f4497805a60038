locals {
  container = {
    name       = var.name
    image      = var.image
    essential  = true
    cpu        = var.cpu
    memory     = var.memory
    entryPoint = var.entry_point
    command    = var.command

    # In bridge mode, ECS chooses a dynamic port of the host.
    portMappings = [{
      containerPort = var.port
      hostPort      = var.network_mode == "bridge" ? 0 : var.port
      protocol      = "tcp"
    }]

    mountPoints = []

    environment = [
      for name, value in merge(var.environment, { AWS_REGION = local.region, PORT = tostring(var.port) }) :
      { name = name, value = value }
    ]

    secrets = [for name, arn in var.secrets : { name = name, valueFrom = arn }]

    healthCheck = var.health_check == null ? null : {
      command     = ["CMD-SHELL", var.health_check.command]
      interval    = var.health_check.interval
      timeout     = var.health_check.timeout
      retries     = var.health_check.retries
      startPeriod = var.health_check.start_period
    }

    stopTimeout            = var.stop_timeout
    readonlyRootFilesystem = false
    linuxParameters        = { initProcessEnabled = true }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.discovered_log.name
        "awslogs-region"        = local.region
        "awslogs-stream-prefix" = var.name
        # A container waits neither for CloudWatch nor for the network to log.
        "mode"            = "non-blocking"
        "max-buffer-size" = "4m"
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "discovered_log" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_ecs_task_definition" "discovered_task_definition" {
  family                   = var.name
  requires_compatibilities = ["EC2"]
  network_mode             = var.network_mode
  execution_role_arn       = aws_iam_role.discovered_roles_execution.arn
  task_role_arn            = aws_iam_role.discovered_roles_task.arn
  container_definitions    = jsonencode([local.container])
  # ECS keeps old revisions, so that a person can go back to one.
  skip_destroy = true
  tags         = merge(var.tags, { Name = var.name })

  # Otherwise the old revision leaves the state first, and after a refused registration no plan knows it.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_service" "discovered_service" {
  name                   = var.name
  cluster                = "arn:${local.partition}:ecs:${local.region}:${local.account}:cluster/${var.cluster_name}"
  task_definition        = aws_ecs_task_definition.discovered_task_definition.arn
  launch_type            = var.capacity_provider == null ? "EC2" : null
  enable_execute_command = var.exec
  force_new_deployment   = var.force_new_deployment

  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  tags                    = var.tags

  # In host mode a task takes the port of its host, so an old task must stop before a new one starts there.
  desired_count                      = var.desired_count
  deployment_minimum_healthy_percent = var.network_mode == "host" ? (var.desired_count == 1 ? 0 : 50) : 100
  deployment_maximum_percent         = var.network_mode == "host" ? 100 : 200
  # It requires a maximum above 100 percent.
  availability_zone_rebalancing = var.network_mode == "host" ? "DISABLED" : "ENABLED"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  dynamic "capacity_provider_strategy" {
    for_each = var.capacity_provider[*]

    content {
      capacity_provider = capacity_provider_strategy.value
      # The default is 0, and ECS refuses a strategy in which all weights are 0.
      weight = 1
    }
  }

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  ordered_placement_strategy {
    type  = "binpack"
    field = "memory"
  }

  dynamic "network_configuration" {
    for_each = local.has_interface ? [1] : []

    content {
      subnets          = var.subnet_ids
      security_groups  = [local.security_group_id]
      assign_public_ip = false
    }
  }

  # In bridge and host mode, the record has a container's port on the host. In awsvpc mode it has a port for SRV alone.
  service_registries {
    registry_arn   = aws_service_discovery_service.discovery_discovered.arn
    container_name = local.has_interface ? null : var.name
    container_port = local.has_interface ? null : var.port
    port           = local.has_interface && var.records == "SRV" ? var.port : null
  }

  wait_for_steady_state = true

  lifecycle {
    # A recreated Cloud Map service may get its old id again, and then ECS never registers tasks
    # (https://github.com/hashicorp/terraform-provider-aws/issues/46930). With .id, an in-place update replaces nothing.
    replace_triggered_by = [aws_service_discovery_service.discovery_discovered.id]
  }

  # What a task needs to start, and its clients to connect.
  depends_on = [
    aws_iam_role_policy_attachment.discovered_roles_execution_ecs,
    aws_iam_role_policy.discovered_roles_execution_secrets,
    aws_iam_role_policy.discovered_roles_task_policy,
    aws_iam_role_policy.exec,
    aws_vpc_security_group_egress_rule.discovered_network_to_anywhere,
    aws_vpc_security_group_ingress_rule.discovered_network_hosts_from_here,
    aws_vpc_security_group_ingress_rule.discovered_client_to,
  ]
}
