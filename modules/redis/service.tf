locals {
  # The rest is for Redis' own memory, and for its copy during a rewrite of the append-only file.
  maxmemory = "${floor(var.memory * var.maxmemory_percent / 100)}mb"

  # In seconds. ECS kills an old Redis before a new one stops waiting for the lock (flock -w in start.sh), and health
  # checks of the new one count only after that wait.
  stop_timeout = 120
  start_period = 300

  # How long a release takes at most: the old task stops, the new one is found to be unhealthy. The last five minutes are
  # for placement, image pulls and mounts.
  unhealthy_after = (var.health_check.interval + var.health_check.timeout) * var.health_check.retries
  deploy_timeout  = "${ceil((local.stop_timeout + local.start_period + local.unhealthy_after + 300) / 60)}m"

  log_configuration = {
    logDriver = "awslogs"
    options = {
      "awslogs-group"  = aws_cloudwatch_log_group.redis_log.name
      "awslogs-region" = local.region
      # A container waits neither for CloudWatch nor for the network to log.
      "mode"            = "non-blocking"
      "max-buffer-size" = "4m"
    }
  }

  tmpfs = [{ containerPath = "/tmp", size = 32, mountOptions = ["nosuid", "nodev"] }]

  redis_container = {
    name      = "redis"
    image     = var.image
    essential = true
    cpu       = var.cpu
    memory    = var.memory
    command   = ["sh", "-c", file("${path.module}/scripts/start.sh")]
    user      = "${local.user_id}:${local.group_id}"

    portMappings = [{ containerPort = local.port, hostPort = 0, protocol = "tcp" }]
    mountPoints  = [{ sourceVolume = "data", containerPath = "/data", readOnly = false }]

    environment = [
      # A task keeps the secret values from its start, so a new password must cause a new task.
      { name = "REDIS_PASSWORD_DRAWS", value = "a: ${local.password_draws_a}, b: ${local.password_draws_b}" },
      { name = "SERVER_APPENDFSYNC", value = var.appendfsync },
      { name = "SERVER_MAXMEMORY", value = local.maxmemory },
      { name = "SERVER_MAXMEMORY_POLICY", value = var.maxmemory_policy },
      { name = "SERVER_MODULES", value = tostring(var.modules) },
      { name = "SERVER_PARAMETERS", value = join(" ", [for name, value in var.parameters : "--${name} ${value}"]) },
    ]

    secrets = [
      # For redis-cli, in the health check and for people in the container.
      { name = "REDISCLI_AUTH", valueFrom = aws_secretsmanager_secret.password_secret.arn },
      { name = "REDIS_PASSWORD", valueFrom = aws_secretsmanager_secret.password_secret.arn },
      { name = "REDIS_PASSWORD_B", valueFrom = aws_secretsmanager_secret.password_secret_b.arn },
    ]

    healthCheck = {
      command     = ["CMD-SHELL", file("${path.module}/scripts/health.sh")]
      interval    = var.health_check.interval
      timeout     = var.health_check.timeout
      retries     = var.health_check.retries
      startPeriod = local.start_period
    }

    # If Redis crashes, the agent restarts it inside its task, with the same mount, port and record. The exit codes are
    # those after which a restart does not help, so that ECS replaces the task: 0 (the health check ended a server that
    # lost the lock), 75 (the lock was not free in time), 78 (a password is empty, or the data are not for this server).
    # 60 s are the minimum of ECS.
    restartPolicy = { enabled = true, ignoredExitCodes = [0, 75, 78], restartAttemptPeriod = 60 }

    stopTimeout = local.stop_timeout

    # Redis writes only to its mount, but the agent of ECS Exec writes to other folders.
    readonlyRootFilesystem = !var.exec
    linuxParameters        = { initProcessEnabled = true, tmpfs = var.exec ? null : local.tmpfs }

    # Enough for Redis' default of 10 000 clients and its own files.
    ulimits = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]

    logConfiguration = merge(local.log_configuration, {
      options = merge(local.log_configuration.options, { "awslogs-stream-prefix" = "redis" })
    })
  }

  # Writes Redis' statistics to the log every minute. CloudWatch makes metrics of them.
  metrics_container = {
    name      = "metrics"
    image     = var.image
    essential = false
    links     = ["redis"]
    cpu       = 32
    memory    = 32
    command   = ["sh", "-c", file("${path.module}/scripts/metrics.sh")]
    user      = "${local.user_id}:${local.group_id}"

    portMappings = []
    mountPoints  = []
    environment  = [{ name = "SERVICE_NAME", value = var.name }]
    secrets      = [{ name = "REDISCLI_AUTH", valueFrom = aws_secretsmanager_secret.password_secret.arn }]

    restartPolicy          = { enabled = true, ignoredExitCodes = [], restartAttemptPeriod = 60 }
    stopTimeout            = 2
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, tmpfs = local.tmpfs }

    logConfiguration = merge(local.log_configuration, {
      options = merge(local.log_configuration.options, { "awslogs-stream-prefix" = "metrics" })
    })
  }
}

resource "aws_cloudwatch_log_group" "redis_log" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_ecs_task_definition" "redis_task_definition" {
  family                   = var.name
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  execution_role_arn       = aws_iam_role.redis_roles_execution.arn
  task_role_arn            = aws_iam_role.redis_roles_task.arn
  # ECS keeps old revisions, so that a person can go back to one.
  skip_destroy = true
  # RedisMajorVersion makes an upgrade visible in a plan.
  tags = merge(var.tags, { Name = var.name, RedisMajorVersion = var.major_version })

  container_definitions = jsonencode(concat([local.redis_container], var.metrics ? [local.metrics_container] : []))

  volume {
    name = "data"

    efs_volume_configuration {
      file_system_id = local.file_system_id
      # Access points and IAM require TLS. The access point sets the folder.
      transit_encryption = "ENABLED"

      authorization_config {
        access_point_id = aws_efs_access_point.storage_access_point.id
        iam             = "ENABLED"
      }
    }
  }

  # Otherwise the old revision leaves the state first, and after a refused registration no plan knows it.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_ecs_service" "redis_service" {
  name                   = var.name
  cluster                = "arn:${local.partition}:ecs:${local.region}:${local.account}:cluster/${var.cluster_name}"
  task_definition        = aws_ecs_task_definition.redis_task_definition.arn
  launch_type            = var.capacity_provider == null ? "EC2" : null
  enable_execute_command = var.exec
  force_new_deployment   = var.force_new_deployment

  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"
  tags                    = var.tags

  # Two servers must not share the data, so the old task stops before the new one starts. ECS does not guarantee this,
  # so there is also the lock in start.sh. Rebalancing requires a maximum above 100 percent.
  desired_count                      = var.stopped ? 0 : 1
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  availability_zone_rebalancing      = "DISABLED"

  # Redis heals by itself: ECS starts tasks until one stays healthy, for example while EFS is away. A circuit breaker
  # would stop after three, and Redis would be down until the next deploy.
  deployment_circuit_breaker {
    enable   = false
    rollback = false
  }

  dynamic "capacity_provider_strategy" {
    for_each = var.capacity_provider[*]

    content {
      capacity_provider = capacity_provider_strategy.value
      # The default is 0, and ECS refuses a strategy in which all weights are 0.
      weight = 1
    }
  }

  dynamic "placement_constraints" {
    for_each = var.placement_constraints

    content {
      type       = placement_constraints.value.type
      expression = placement_constraints.value.expression
    }
  }

  service_registries {
    registry_arn   = aws_service_discovery_service.discovery_redis.arn
    container_name = "redis"
    container_port = local.port
  }

  # An apply ends when Redis is healthy, or when it has stopped.
  wait_for_steady_state = var.wait_for_steady_state

  timeouts {
    create = local.deploy_timeout
    update = local.deploy_timeout
  }

  lifecycle {
    # A recreated Cloud Map service may get its old id again, and then ECS never registers tasks
    # (https://github.com/hashicorp/terraform-provider-aws/issues/46930). With .id, an in-place update replaces nothing.
    replace_triggered_by = [aws_service_discovery_service.discovery_redis.id]
  }

  # What a task needs to start, and Redis to mount its data.
  depends_on = [
    aws_vpc_security_group_ingress_rule.storage_from_hosts,
    aws_efs_mount_target.storage_mount_target,
    aws_efs_file_system_policy.storage_policy,
    aws_iam_role_policy_attachment.redis_roles_execution_ecs,
    aws_iam_role_policy.redis_roles_execution_secrets,
    aws_iam_role_policy.redis_roles_task_policy,
    aws_secretsmanager_secret_version.password_value,
    aws_secretsmanager_secret_version.password_value_b,
  ]
}
