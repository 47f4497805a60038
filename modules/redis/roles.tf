locals {
  # ECS may use the roles only for tasks of this account.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })

  exec_statement = {
    Effect = "Allow"
    Action = [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    Resource = "*"
  }

  decrypt_statement = {
    Effect   = "Allow"
    Action   = "kms:Decrypt"
    Resource = var.secret_kms_key_arn
    # Only for Secrets Manager. The name of a service ends with .com.cn in China.
    Condition = { StringLike = { "kms:ViaService" = "secretsmanager.${local.region}.amazonaws.com*" } }
  }

  read_passwords_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Effect = "Allow"
      Action = "secretsmanager:GetSecretValue"
      Resource = [
        aws_secretsmanager_secret.password_secret.arn,
        aws_secretsmanager_secret.password_secret_b.arn,
      ]
    }], var.secret_kms_key_arn == null ? [] : [local.decrypt_statement])
  })
}

# ECS uses this role to pull the image, write logs and read the passwords.
resource "aws_iam_role" "redis_roles_execution" {
  name                 = "${var.name}-execution"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "redis_roles_execution_ecs" {
  role       = aws_iam_role.redis_roles_execution.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "redis_roles_execution_secrets" {
  name   = "secrets"
  role   = aws_iam_role.redis_roles_execution.id
  policy = local.read_passwords_policy
}

# The task uses this role to mount its folder.
resource "aws_iam_role" "redis_roles_task" {
  name                 = "${var.name}-task"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "redis_roles_task_policy" {
  name = "task"
  role = aws_iam_role.redis_roles_task.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([local.mount_statement], var.exec ? [local.exec_statement] : [])
  })
}
