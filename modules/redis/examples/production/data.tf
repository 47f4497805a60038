# One key for the file system, the passwords, the logs, the alarms and the backups.
resource "aws_kms_key" "redis" {
  description         = "Redis"
  enable_key_rotation = true

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_kms_key_policy" "redis" {
  key_id = aws_kms_key.redis.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # IAM policies of the account decide. The module's policies are such.
        Effect    = "Allow"
        Action    = "kms:*"
        Principal = { AWS = "arn:aws:iam::${local.account}:root" }
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Action    = ["kms:Decrypt*", "kms:DescribeKey", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Resource  = "*"
        Condition = {
          ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${local.region}:${local.account}:log-group:/ecs/prod-*" }
        }
      },
      {
        # Without it, alarms are lost without an error.
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.amazonaws.com"] }
        Resource  = "*"
      },
    ]
  })
}

resource "aws_efs_file_system" "redis" {
  encrypted       = true
  kms_key_id      = aws_kms_key.redis.arn
  throughput_mode = "elastic"
  tags            = { Name = "prod-redis" }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_efs_mount_target" "redis" {
  for_each = local.subnets

  file_system_id  = aws_efs_file_system.redis.id
  subnet_id       = each.value
  security_groups = [aws_security_group.efs.id]
}

resource "aws_security_group" "efs" {
  name        = "prod-redis-efs"
  description = "EFS mount targets"
  vpc_id      = local.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "efs_from_hosts" {
  security_group_id            = aws_security_group.efs.id
  referenced_security_group_id = local.host_security_group_id
  description                  = "NFS from the ECS hosts"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

locals {
  # The one that Redis uses, also after a restore.
  file_system_arn = "arn:aws:elasticfilesystem:${local.region}:${local.account}:file-system/${module.redis.file_system_id}"
}

# Redis' role may mount its folder, with TLS. Clients without a role may mount nothing; a role that an IAM policy of the
# account allows to mount may mount too.
resource "aws_efs_file_system_policy" "redis" {
  file_system_id = module.redis.file_system_id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
        Principal = { AWS = module.redis.task_role_arn }
        Resource  = local.file_system_arn
        Condition = {
          StringEquals = { "elasticfilesystem:AccessPointArn" = module.redis.access_point_arn }
          Bool         = { "aws:SecureTransport" = "true" }
        }
      },
      {
        Effect    = "Deny"
        Action    = "*"
        Principal = { AWS = "*" }
        Resource  = local.file_system_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}
