# Redis' data: a folder on a new EFS file system, or on an existing one (var.file_system).

locals {
  creates_file_system = var.file_system == null
  file_system_id      = local.creates_file_system ? one(aws_efs_file_system.storage_efs[*].id) : var.file_system.id
  file_system_path    = local.creates_file_system ? "/redis" : var.file_system.path
  # Otherwise a folder that does not exist ends the task before Redis starts, so a wrong path starts no empty Redis.
  creates_folder  = local.creates_file_system ? true : var.file_system.create
  file_system_arn = "arn:${local.partition}:elasticfilesystem:${local.region}:${local.account}:file-system/${local.file_system_id}"

  # Only through the access point, so Redis reaches no other folder. In the policy of a file system, this refuses clients
  # without a role. A role that an IAM policy allows to mount may mount too.
  mount_statement = {
    Effect   = "Allow"
    Action   = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    Resource = local.file_system_arn
    Condition = {
      StringEquals = { "elasticfilesystem:AccessPointArn" = aws_efs_access_point.storage_access_point.arn }
      Bool         = { "aws:SecureTransport" = "true" }
    }
  }

  mount_policy = jsonencode({ Version = "2012-10-17", Statement = [local.mount_statement] })
}

resource "aws_efs_file_system" "storage_efs" {
  count = local.creates_file_system ? 1 : 0

  # Without a fixed creation_token: EFS would refuse a second file system with it, and one that is replaced is created
  # first, as what a task definition refers to.
  encrypted  = true
  kms_key_id = var.kms_key_arn
  # In bursting mode, the credits would run out while Redis rewrites its append-only file.
  throughput_mode = "elastic"
  tags            = merge(var.tags, { Name = local.name_prefix })
}

# One in each zone. A host uses the one in its zone.
resource "aws_efs_mount_target" "storage_mount_target" {
  for_each = local.creates_file_system ? var.subnets : {}

  file_system_id  = local.file_system_id
  subnet_id       = each.value
  security_groups = [aws_security_group.storage_security_group[0].id]
}

resource "aws_security_group" "storage_security_group" {
  count = local.creates_file_system ? 1 : 0

  name        = "${local.name_prefix}-efs"
  description = "EFS mount targets"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${local.name_prefix}-efs" })
}

# The host mounts the volume, not the container.
resource "aws_vpc_security_group_ingress_rule" "storage_from_hosts" {
  count = local.creates_file_system ? length(var.host_security_group_ids) : 0

  security_group_id            = aws_security_group.storage_security_group[0].id
  referenced_security_group_id = var.host_security_group_ids[count.index]
  description                  = "NFS from the ECS hosts"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
  tags                         = var.tags
}

# Without a policy, every host that reaches a mount target can mount the file system.
resource "aws_efs_file_system_policy" "storage_policy" {
  count = local.creates_file_system ? 1 : 0

  file_system_id = local.file_system_id
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "file-system"
    Statement = [
      merge(local.mount_statement, {
        Sid       = "RedisMounts"
        Principal = { AWS = module.service.task_role_arn }
      }),
      {
        Sid       = "NoPlaintext"
        Effect    = "Deny"
        Action    = "*"
        Principal = { AWS = "*" }
        Resource  = local.file_system_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# All file operations through the mount use this user and group.
resource "aws_efs_access_point" "storage_access_point" {
  file_system_id = local.file_system_id
  tags           = merge(var.tags, { Name = local.name_prefix })

  posix_user {
    uid = local.user_id
    gid = local.group_id
  }

  root_directory {
    path = local.file_system_path

    dynamic "creation_info" {
      for_each = local.creates_folder ? [local.user_id] : []

      content {
        owner_uid   = creation_info.value
        owner_gid   = local.group_id
        permissions = "0700"
      }
    }
  }
}
