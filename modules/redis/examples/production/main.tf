# Redis in production, in an account that asks for keys of its own. The network, the cluster with its hosts, and the
# namespace exist: put in your ids.
#
#   main.tf     Redis
#   data.tf     the key, and the file system
#   alarms.tf   the topic for alarms, and messages about stops, copies and backups
#   backups.tf  a copy of the data every hour, and a backup every day
#   hosts.tf    the launch template of the hosts, with ports that are for tasks alone
#   app.tf      an app that uses Redis

terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, != 6.4.0"
    }
  }
}

provider "aws" {
  region              = local.region
  allowed_account_ids = [local.account]

  default_tags {
    tags = { service = "redis", environment = "prod" }
  }
}

locals {
  region  = "eu-central-1"
  account = "111111111111"

  cluster                = "prod"
  cluster_arn            = "arn:aws:ecs:${local.region}:${local.account}:cluster/${local.cluster}"
  capacity_provider      = "prod-hosts"
  vpc_id                 = "vpc-0123abcd"
  subnets                = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  host_security_group_id = "sg-0123abcd"

  # To restore a backup: stops Redis and the hourly copies.
  stopped = false

  # With a digest (redis:8.0.4@sha256:...) it never changes. A copy in ECR is there when a new host needs it.
  image = "public.ecr.aws/docker/library/redis:8.0.4"
}

module "redis" {
  source                  = "../.."
  name                    = "prod-redis"
  cluster_name            = local.cluster
  capacity_provider       = local.capacity_provider
  vpc_id                  = local.vpc_id
  host_security_group_ids = [local.host_security_group_id]

  namespace = {
    id     = "ns-0123abcd"
    name   = "prod-ecs"
    vpc_id = local.vpc_id
  }

  # EFS creates the folder in the first apply. Then remove create, so that a wrong path starts no empty Redis. After a
  # restore: { id = "<the new file system>", path = "/redis" }. Copies, backups and the policy follow.
  file_system        = { id = aws_efs_file_system.redis.id, path = "/redis", create = true }
  secret_kms_key_arn = aws_kms_key.redis.arn
  log_kms_key_arn    = aws_kms_key.redis.arn
  log_retention_days = 365

  image = local.image

  memory = 4096
  cpu    = 1024

  metrics          = true
  alarm_topic_arns = [aws_sns_topic.alarms.arn]

  # To rotate the password, increase it by one.
  password_version = 1
  stopped          = local.stopped

  depends_on = [
    aws_efs_mount_target.redis,
    aws_vpc_security_group_ingress_rule.efs_from_hosts,
    aws_kms_key_policy.redis,
    aws_sns_topic_policy.alarms,
  ]
}
