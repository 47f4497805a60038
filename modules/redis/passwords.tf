# Redis accepts two passwords, a and b, and the app uses one. At each even version the app switches to the other
# password. At each odd version after the first, the unused password gets a new value, and Redis restarts with it:
#
#   password_version  the app uses  values of a  values of b
#   1                 a             1            1
#   2                 b             1            1
#   3                 b             2            1
#   4                 a             2            1
#   5                 a             2            2

locals {
  password_redraws    = floor((var.password_version - 1) / 2)
  password_draws_a    = 1 + floor((local.password_redraws + 1) / 2)
  password_draws_b    = 1 + floor(local.password_redraws / 2)
  password_is_a       = floor(var.password_version / 2) % 2 == 0
  password_secret_arn = local.password_is_a ? aws_secretsmanager_secret.password_secret.arn : aws_secretsmanager_secret.password_secret_b.arn

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

# Ephemeral values and write-only arguments are in no state and no plan.
ephemeral "random_password" "redis" {
  length = 40
  # start.sh and redis-cli need no quoting.
  special = false
}

ephemeral "random_password" "redis_b" {
  length  = 40
  special = false
}

resource "aws_secretsmanager_secret" "password_secret" {
  name                    = "${local.name_prefix}-password"
  description             = "Password of Redis"
  kms_key_id              = var.secret_kms_key_arn
  recovery_window_in_days = var.secret_recovery_window_days
  tags                    = var.tags
}

resource "aws_secretsmanager_secret" "password_secret_b" {
  name                    = "${local.name_prefix}-password-b"
  description             = "Password of Redis"
  kms_key_id              = var.secret_kms_key_arn
  recovery_window_in_days = var.secret_recovery_window_days
  tags                    = var.tags
}

# The value changes only with its version.
resource "aws_secretsmanager_secret_version" "password_value" {
  secret_id                = aws_secretsmanager_secret.password_secret.id
  secret_string_wo         = ephemeral.random_password.redis.result
  secret_string_wo_version = local.password_draws_a
}

resource "aws_secretsmanager_secret_version" "password_value_b" {
  secret_id                = aws_secretsmanager_secret.password_secret_b.id
  secret_string_wo         = ephemeral.random_password.redis_b.result
  secret_string_wo_version = local.password_draws_b
}
