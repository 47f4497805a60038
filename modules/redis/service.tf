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
  deploy_minutes  = ceil((local.stop_timeout + local.start_period + local.unhealthy_after + 300) / 60)

  tmpfs = [{ containerPath = "/tmp", size = 32, mountOptions = ["nosuid", "nodev"] }]

  redis_container = {
    name = "redis"
    user = "${local.user_id}:${local.group_id}"

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

    # Redis writes only to its mount, but the agent of ECS Exec writes to other folders.
    readonlyRootFilesystem = !var.exec
    linuxParameters        = { initProcessEnabled = true, tmpfs = var.exec ? null : local.tmpfs }

    # Enough for Redis' default of 10 000 clients and its own files.
    ulimits = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
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
    environment  = [{ name = "SERVICE_NAME", value = local.name_prefix }]
    secrets      = [{ name = "REDISCLI_AUTH", valueFrom = aws_secretsmanager_secret.password_secret.arn }]

    restartPolicy          = { enabled = true, ignoredExitCodes = [], restartAttemptPeriod = 60 }
    stopTimeout            = 2
    readonlyRootFilesystem = true
    linuxParameters        = { initProcessEnabled = true, tmpfs = local.tmpfs }
  }
}

module "service" {
  source = "../discovered-service"

  name                     = var.name
  name_prefix              = var.name_prefix
  cluster_name             = var.cluster_name
  capacity_provider        = var.capacity_provider
  force_new_deployment     = var.force_new_deployment
  wait_for_steady_state    = var.wait_for_steady_state
  stopped                  = var.stopped
  placement_constraints    = var.placement_constraints
  vpc_id                   = var.vpc_id
  host_security_group_ids  = var.host_security_group_ids
  namespace                = var.namespace
  dns_ttl                  = var.dns_ttl
  exec                     = var.exec
  log_retention_days       = var.log_retention_days
  log_kms_key_arn          = var.log_kms_key_arn
  tags                     = var.tags
  permissions_boundary_arn = var.permissions_boundary_arn
  execution_role           = var.execution_role
  task_role                = var.task_role

  # Two servers must not share the data. ECS does not guarantee this, so there is also the lock in start.sh.
  single_task     = true
  timeout_minutes = local.deploy_minutes

  image        = var.image
  port         = 6379
  cpu          = var.cpu
  memory       = var.memory
  command      = ["sh", "-c", file("${path.module}/scripts/start.sh")]
  stop_timeout = local.stop_timeout
  container    = local.redis_container
  sidecars     = [for container in [local.metrics_container] : container if var.metrics]

  # It makes an upgrade visible in a plan.
  task_definition_tags = { RedisMajorVersion = var.major_version }

  execution_policies = [local.read_passwords_policy]
  task_policies      = [local.mount_policy]

  efs_volumes = {
    data = {
      # Not the local value, so that a plan shows which file system it is before there is one.
      file_system_id  = local.creates_file_system ? one(aws_efs_file_system.storage_efs[*].id) : var.file_system.id
      access_point_id = aws_efs_access_point.storage_access_point.id
      path            = "/data"
    }
  }

  # What a task needs to start, and Redis to mount its data.
  waits_for = [
    aws_vpc_security_group_ingress_rule.storage_from_hosts,
    aws_efs_mount_target.storage_mount_target,
    aws_efs_file_system_policy.storage_policy,
    aws_secretsmanager_secret_version.password_value,
    aws_secretsmanager_secret_version.password_value_b,
  ]
}
