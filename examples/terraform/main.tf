# Redis as a module in your own Terraform configuration, and an app that uses it.

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
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

# ---------------------------------------------------------------------------------------------------
# Your existing resources: a VPC, hosts in a cluster, a namespace. This example omits routes, hosts and
# their capacity provider.

resource "aws_vpc" "main" {
  cidr_block           = "10.60.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.60.${count.index}.0/24"
  availability_zone = ["eu-central-1a", "eu-central-1b"][count.index]
}

resource "aws_security_group" "hosts" {
  name   = "dev-hosts"
  vpc_id = aws_vpc.main.id
}

# Redis listens on dynamic ports of the hosts (ECS_DYNAMIC_HOST_PORT_RANGE in /etc/ecs/ecs.config).
resource "aws_vpc_security_group_ingress_rule" "hosts_from_hosts" {
  security_group_id            = aws_security_group.hosts.id
  referenced_security_group_id = aws_security_group.hosts.id
  ip_protocol                  = "tcp"
  from_port                    = 40000
  to_port                      = 49999
}

resource "aws_ecs_cluster" "main" {
  name = "dev"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name = "dev-ecs"
  vpc  = aws_vpc.main.id
}

# ---------------------------------------------------------------------------------------------------
# The new module.

module "redis" {
  source                  = "../../modules/redis"
  name                    = "dev-redis"
  cluster_name            = aws_ecs_cluster.main.name
  vpc_id                  = aws_vpc.main.id
  subnets                 = { a = aws_subnet.private[0].id, b = aws_subnet.private[1].id }
  host_security_group_ids = [aws_security_group.hosts.id]
  memory                  = 512

  namespace = {
    id     = aws_service_discovery_private_dns_namespace.main.id
    name   = aws_service_discovery_private_dns_namespace.main.name
    vpc_id = aws_vpc.main.id
  }
}

# ---------------------------------------------------------------------------------------------------
# Changes of your resources: the app's container and its two roles.

locals {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role" "app_task" {
  name               = "dev-app-task"
  assume_role_policy = local.assume_role_policy
}

# Allows the app to query Cloud Map for Redis.
resource "aws_iam_role_policy" "app_redis" {
  name   = "redis"
  role   = aws_iam_role.app_task.id
  policy = module.redis.client_policy_json
}

resource "aws_iam_role" "app_execution" {
  name               = "dev-app-execution"
  assume_role_policy = local.assume_role_policy
}

resource "aws_iam_role_policy_attachment" "app_execution" {
  role       = aws_iam_role.app_execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

# Allows ECS to read the password when it starts a task.
resource "aws_iam_role_policy" "app_password" {
  name   = "redis-password"
  role   = aws_iam_role.app_execution.id
  policy = module.redis.execution_policy_json
}

resource "aws_ecs_task_definition" "app" {
  family                   = "dev-app"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  execution_role_arn       = aws_iam_role.app_execution.arn
  task_role_arn            = aws_iam_role.app_task.arn

  container_definitions = jsonencode([{
    name         = "app"
    image        = "111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1.0.0"
    essential    = true
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
    environment = [
      { name = "PORT", value = "3000" },
      { name = "REDIS_URL", value = module.redis.url },
      # The app also asks the Cloud Map API. ECS' agent sets the region from version 1.104 on.
      { name = "AWS_REGION", value = "eu-central-1" },
    ]
    secrets = [{ name = "REDIS_PASSWORD", valueFrom = module.redis.password_secret_arn }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "dev-app"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.app.arn
  launch_type     = "EC2"
  desired_count   = 2

  # In the first deploy, the app starts after Redis is healthy.
  depends_on = [module.redis, aws_iam_role_policy.app_password]
}
