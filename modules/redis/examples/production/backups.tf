# AWS Backup reads the files of Redis at different moments. So a task makes a complete copy of them every hour, in a folder
# backup-<time> beside them. Restore such a folder.

resource "aws_backup_vault" "redis" {
  name        = "prod-redis"
  kms_key_arn = aws_kms_key.redis.arn

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_backup_plan" "redis" {
  name = "prod-redis"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.redis.name
    schedule          = "cron(0 3 * * ? *)"

    lifecycle {
      delete_after = 35
    }
  }
}

resource "aws_backup_selection" "redis" {
  name         = "prod-redis"
  plan_id      = aws_backup_plan.redis.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [local.file_system_arn]
  depends_on   = [aws_iam_role_policy_attachment.backup]
}

# Without a condition on the account: AWS does not say that AWS Backup sends it here, and without it no backup is made.
resource "aws_iam_role" "backup" {
  name = "prod-redis-backup"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }]
  })
}

# Who restores uses the same role.
resource "aws_iam_role_policy_attachment" "backup" {
  for_each = toset(["ForBackup", "ForRestores"])

  role       = aws_iam_role.backup.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicy${each.key}"
}

# It has Redis' roles, and mounts the same folder as the same user.
resource "aws_ecs_task_definition" "copy" {
  family                   = "prod-redis-copy"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  execution_role_arn       = module.redis.execution_role_arn
  task_role_arn            = module.redis.task_role_arn

  container_definitions = jsonencode([{
    name                   = "copy"
    image                  = local.image
    essential              = true
    cpu                    = 32
    memory                 = 64
    user                   = "999:999"
    command                = module.redis.backup_copy_command
    readonlyRootFilesystem = true
    mountPoints            = [{ sourceVolume = "data", containerPath = "/data", readOnly = false }]

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = module.redis.log_group_name
        "awslogs-region"        = local.region
        "awslogs-stream-prefix" = "copy"
      }
    }
  }])

  volume {
    name = "data"

    efs_volume_configuration {
      file_system_id     = module.redis.file_system_id
      transit_encryption = "ENABLED"

      authorization_config {
        access_point_id = module.redis.access_point_id
        iam             = "ENABLED"
      }
    }
  }
}

resource "aws_scheduler_schedule_group" "redis" {
  name = "prod-redis"
}

resource "aws_scheduler_schedule" "copy" {
  name                = "prod-redis-copy"
  group_name          = aws_scheduler_schedule_group.redis.name
  schedule_expression = "rate(1 hour)"
  # While Redis is stopped, new copies would be the same, and would replace older ones.
  state = local.stopped ? "DISABLED" : "ENABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.cluster_arn
    role_arn = aws_iam_role.schedule.arn

    retry_policy {
      maximum_event_age_in_seconds = 900
      maximum_retry_attempts       = 15
    }

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.copy.arn

      capacity_provider_strategy {
        capacity_provider = local.capacity_provider
        weight            = 1
      }
    }
  }

  depends_on = [aws_iam_role_policy.schedule]
}

resource "aws_iam_role" "schedule" {
  name = "prod-redis-copy-schedule"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "scheduler.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  name = "schedule"
  role = aws_iam_role.schedule.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "arn:aws:ecs:${local.region}:${local.account}:task-definition/prod-redis-copy:*"
        Condition = { ArnEquals = { "ecs:cluster" = local.cluster_arn } }
      },
      {
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = [module.redis.execution_role_arn, module.redis.task_role_arn]
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
    ]
  })
}
