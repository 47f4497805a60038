locals {
  execution_role_arn = var.execution_role == null ? one(aws_iam_role.discovered_roles_execution[*].arn) : var.execution_role.arn
  task_role_arn      = var.task_role == null ? one(aws_iam_role.discovered_roles_task[*].arn) : var.task_role.arn

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

  exec_statements = var.exec ? [{
    Effect = "Allow"
    Action = [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    Resource = "*"
  }] : []
}

# ECS uses this role to pull the image, write logs and read the secrets.
resource "aws_iam_role" "discovered_roles_execution" {
  count = var.execution_role == null ? 1 : 0

  name                 = "${local.name_prefix}-execution"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "discovered_roles_execution_ecs" {
  count = var.execution_role == null ? 1 : 0

  role       = aws_iam_role.discovered_roles_execution[0].name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "discovered_roles_execution_secrets" {
  count = var.execution_role == null && length(var.secrets) + length(var.execution_policies) > 0 ? 1 : 0

  name = "secrets"
  role = aws_iam_role.discovered_roles_execution[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.secret_statements, flatten([for policy in var.execution_policies : jsondecode(policy).Statement]))
  })
}

# The program uses this role.
resource "aws_iam_role" "discovered_roles_task" {
  count = var.task_role == null ? 1 : 0

  name                 = "${local.name_prefix}-task"
  assume_role_policy   = local.assume_role_policy
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "discovered_roles_task_policy" {
  count = var.task_role == null && (length(var.task_policies) > 0 || var.exec) ? 1 : 0

  name = "task"
  role = aws_iam_role.discovered_roles_task[0].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(flatten([for policy in var.task_policies : jsondecode(policy).Statement]), local.exec_statements)
  })
}
