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

  secret_arns = values(var.secrets)

  # IAM refuses a statement without resources.
  secret_statements = [
    for statement in [
      {
        Effect = "Allow"
        Action = "secretsmanager:GetSecretValue"
        # Without the JSON key, the version stage and the version id.
        Resource = distinct([
          for arn in local.secret_arns : join(":", slice(split(":", arn), 0, 7)) if split(":", arn)[2] == "secretsmanager"
        ])
      },
      {
        Effect   = "Allow"
        Action   = "ssm:GetParameters"
        Resource = distinct([for arn in local.secret_arns : arn if split(":", arn)[2] == "ssm"])
      },
      {
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.secret_key_arns
      },
    ] : statement if length(statement.Resource) > 0
  ]
}

# ECS uses this role to pull the image, write logs and read the secrets.
resource "aws_iam_role" "discovered_roles_execution" {
  name                 = "${var.name}-execution"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "discovered_roles_execution_ecs" {
  role       = aws_iam_role.discovered_roles_execution.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "discovered_roles_execution_secrets" {
  count = length(var.secrets) > 0 ? 1 : 0

  name   = "secrets"
  role   = aws_iam_role.discovered_roles_execution.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.secret_statements })
}

# The program uses this role.
resource "aws_iam_role" "discovered_roles_task" {
  name                 = "${var.name}-task"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "discovered_roles_task_policy" {
  count = length(var.task_policies)

  name   = "task-${count.index}"
  role   = aws_iam_role.discovered_roles_task.id
  policy = var.task_policies[count.index]
}

resource "aws_iam_role_policy" "exec" {
  count = var.exec ? 1 : 0

  name = "exec"
  role = aws_iam_role.discovered_roles_task.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ]
      Resource = "*"
    }]
  })
}
