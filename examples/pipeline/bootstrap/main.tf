# The requirements of a release pipeline. Apply it once for each AWS account, before the first environment: it creates the
# bucket for the states, GitHub's identity provider, and a plan role and a release role for each environment. It is
# separate from the environments, because an account has only one identity provider, and the bucket outlives every
# environment.
#
#   terraform init && terraform apply -var repository=my-org/my-repo -var 'environments=["stg"]'
#
# Its own state is a local file. Keep it, or move it into the bucket. Another account needs another state:
# terraform workspace new ACCOUNT.

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.25.0"
    }
  }
}

variable "region" {
  description = "Region of the bucket and of the environments"
  type        = string
  default     = "eu-central-1"
}

variable "repository" {
  description = "Repository on GitHub that may release, such as my-org/my-repo, or my-org@1234/my-repo@5678"
  type        = string

  validation {
    # For newer repositories, GitHub adds the ids of owner and repository to the subject.
    condition     = can(regex("^[\\w.-]+(@\\d+)?/[\\w.-]+(@\\d+)?$", var.repository))
    error_message = "repository: an owner and a name, such as my-org/my-repo, or with ids, my-org@1234/my-repo@5678"
  }
}

variable "environments" {
  description = "Environments of environments.ts in this account, such as [\"stg\"]"
  type        = set(string)
}

variable "state_kms_key_arns" {
  description = "KMS keys of the states: each state.kmsKeyArn of environments.ts"
  type        = set(string)
  default     = []
}

provider "aws" {
  region = var.region
}

data "aws_caller_identity" "this" {}

# aws, aws-us-gov or aws-cn: the second part of each ARN.
data "aws_partition" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  issuer    = "token.actions.githubusercontent.com"
  # All roles with their environments.
  roles = merge(
    { for name in var.environments : "${name}-plan" => name },
    { for name in var.environments : "${name}-release" => name },
  )
}

# state: { kind: "s3", bucket: "<account>-terraform-states" } in environments.ts
resource "aws_s3_bucket" "states" {
  bucket = "${local.account}-terraform-states"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "states" {
  bucket = aws_s3_bucket.states.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "states" {
  bucket                  = aws_s3_bucket.states.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

# Plan: the branch main can assume this role. It can only read.
resource "aws_iam_role" "plan" {
  for_each = var.environments
  name     = "${each.key}-plan"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "repo:${var.repository}:ref:refs/heads/main"
        }
      }
    }]
  })
}

# Release: only a job in the GitHub environment of the same name can assume this role. The environment's protection rules
# must require a review and allow only the branch main, because the subject of such a job has no branch.
resource "aws_iam_role" "release" {
  for_each = var.environments
  name     = "${each.key}-release"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "repo:${var.repository}:environment:${each.key}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "reads" {
  for_each   = local.roles
  role       = each.key
  policy_arn = "arn:${local.partition}:iam::aws:policy/ReadOnlyAccess"
  depends_on = [aws_iam_role.plan, aws_iam_role.release]
}

# Terraform reads the version of the password's secret in every plan. ReadOnlyAccess does not allow that.
resource "aws_iam_role_policy" "reads_password" {
  for_each = local.roles
  name     = "reads-password"
  role     = each.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = "arn:${local.partition}:secretsmanager:${var.region}:${local.account}:secret:${each.value}-redis-password-*"
    }]
  })
  depends_on = [aws_iam_role.plan, aws_iam_role.release]
}

# Reading a state that is encrypted with a KMS key needs Decrypt; writing it also needs GenerateDataKey.
resource "aws_iam_role_policy" "uses_state_keys" {
  for_each = length(var.state_kms_key_arns) == 0 ? {} : local.roles
  name     = "uses-state-keys"
  role     = each.key
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = concat(["kms:Decrypt"], endswith(each.key, "-release") ? ["kms:GenerateDataKey"] : [])
      Resource = var.state_kms_key_arns
    }]
  })
  depends_on = [aws_iam_role.plan, aws_iam_role.release]
}

# Allows only the changes of a release: new revisions of task definitions, the app's service, the schedules of its tasks.
# AWS refuses changes of Redis' service, the network and roles, even if a plan has them. The role still decides what runs
# on the hosts, and a container that mounts a host's disk controls that host. So the job needs a review.
resource "aws_iam_role_policy" "releases" {
  for_each = var.environments
  name     = "releases"
  role     = aws_iam_role.release[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ecs:RegisterTaskDefinition", "ecs:TagResource"]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = "ecs:UpdateService"
        Resource = "arn:${local.partition}:ecs:${var.region}:${local.account}:service/*/${each.key}-app"
      },
      {
        Effect   = "Allow"
        Action   = "scheduler:UpdateSchedule"
        Resource = "arn:${local.partition}:scheduler:${var.region}:${local.account}:schedule/default/${each.key}-*"
      },
      {
        Effect = "Allow"
        Action = "iam:PassRole"
        Resource = [
          "arn:${local.partition}:iam::${local.account}:role/${each.key}-app-*",
          "arn:${local.partition}:iam::${local.account}:role/${each.key}-*-schedule",
        ]
        Condition = {
          StringEquals = { "iam:PassedToService" = ["ecs-tasks.amazonaws.com", "scheduler.amazonaws.com"] }
        }
      },
      {
        Effect   = "Allow"
        Action   = ["s3:PutObject", "s3:DeleteObject"]
        Resource = "${aws_s3_bucket.states.arn}/${each.key}/*"
      },
    ]
  })
}

output "bucket" {
  value = aws_s3_bucket.states.bucket
}

output "roles" {
  value = {
    for name in var.environments : name => {
      plan    = aws_iam_role.plan[name].arn
      release = aws_iam_role.release[name].arn
    }
  }
}
