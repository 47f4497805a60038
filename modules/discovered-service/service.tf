locals {
  container = merge({
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

    mountPoints = [
      for name, volume in var.efs_volumes : { sourceVolume = name, containerPath = volume.path, readOnly = false }
    ]

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
  }, var.container)

  # In host mode a task takes the port of its host, so an old task must stop before a new one starts there.
  stops_first = var.single_task || var.network_mode == "host"
}

resource "aws_cloudwatch_log_group" "discovered_log" {
  name              = "/ecs/${local.name_prefix}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_ecs_task_definition" "discovered_task_definition" {
  family                   = local.name_prefix
  requires_compatibilities = ["EC2"]
  network_mode             = var.network_mode
  execution_role_arn       = local.execution_role_arn
  task_role_arn            = local.task_role_arn
  # ECS keeps old revisions, so that a person can go back to one.
  skip_destroy = true
  tags         = merge(var.tags, { Name = local.name_prefix }, var.task_definition_tags)

  container_definitions = jsonencode([
    for container in concat([local.container], var.sidecars) : merge(container, {
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          "awslogs-group"         = aws_cloudwatch_log_group.discovered_log.name
          "awslogs-region"        = local.region
          "awslogs-stream-prefix" = container.name
          # A container waits neither for CloudWatch nor for the network to log.
          "mode"            = "non-blocking"
          "max-buffer-size" = "4m"
        }
      }
    })
  ])

  dynamic "volume" {
    for_each = var.efs_volumes

    content {
      name = volume.key

      efs_volume_configuration {
        file_system_id = volume.value.file_system_id
        # Access points and IAM require TLS. The access point sets the folder.
        transit_encryption = "ENABLED"

        authorization_config {
          access_point_id = volume.value.access_point_id
          iam             = "ENABLED"
        }
      }
    }
  }

  # Otherwise the old revision leaves the state first, and after a refused registration no plan knows it.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_service" "discovered_service" {
  name                   = local.name_prefix
  cluster                = "arn:${local.partition}:ecs:${local.region}:${local.account}:cluster/${var.cluster_name}"
  task_definition        = aws_ecs_task_definition.discovered_task_definition.arn
  launch_type            = var.capacity_provider == null ? "EC2" : null
  enable_execute_command = var.exec
  force_new_deployment   = var.force_new_deployment

  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  tags                    = var.tags

  desired_count                      = var.stopped ? 0 : var.desired_count
  deployment_minimum_healthy_percent = local.stops_first ? (var.desired_count == 1 ? 0 : 50) : 100
  deployment_maximum_percent         = local.stops_first ? 100 : 200
  # It requires a maximum above 100 percent.
  availability_zone_rebalancing = local.stops_first ? "DISABLED" : "ENABLED"

  # A single task heals by itself: ECS starts tasks until one stays healthy, for example while EFS is away. A circuit
  # breaker would stop after three, and the service would be down until the next deploy.
  deployment_circuit_breaker {
    enable   = !var.single_task
    rollback = !var.single_task
  }

  dynamic "capacity_provider_strategy" {
    for_each = var.capacity_provider[*]

    content {
      capacity_provider = capacity_provider_strategy.value
      # The default is 0, and ECS refuses a strategy in which all weights are 0.
      weight = 1
    }
  }

  dynamic "ordered_placement_strategy" {
    for_each = var.single_task ? [] : [["spread", "attribute:ecs.availability-zone"], ["binpack", "memory"]]

    content {
      type  = ordered_placement_strategy.value[0]
      field = ordered_placement_strategy.value[1]
    }
  }

  dynamic "placement_constraints" {
    for_each = var.placement_constraints

    content {
      type       = placement_constraints.value.type
      expression = placement_constraints.value.expression
    }
  }

  dynamic "network_configuration" {
    for_each = local.has_interface ? [1] : []

    content {
      subnets          = values(var.subnets)
      security_groups  = local.security_group_ids
      assign_public_ip = false
    }
  }

  # In bridge and host mode, the record has a container's port on the host. In awsvpc mode it has a port for SRV alone.
  service_registries {
    registry_arn   = aws_service_discovery_service.discovery_discovered.arn
    container_name = local.has_interface ? null : local.container.name
    container_port = local.has_interface ? null : var.port
    port           = local.has_interface && var.records == "SRV" ? var.port : null
  }

  wait_for_steady_state = var.wait_for_steady_state

  timeouts {
    create = var.timeout_minutes == null ? null : "${var.timeout_minutes}m"
    update = var.timeout_minutes == null ? null : "${var.timeout_minutes}m"
  }

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
    aws_vpc_security_group_egress_rule.discovered_network_to_anywhere,
    aws_vpc_security_group_ingress_rule.discovered_network_hosts_from_here,
    aws_vpc_security_group_ingress_rule.discovered_client_to,
    var.waits_for,
  ]
}
