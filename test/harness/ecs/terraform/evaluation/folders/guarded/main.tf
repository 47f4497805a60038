# Redis from its module, and an app, with what the README of the module tells one to add.
terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

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
  name   = "hosts"
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group" "users" {
  name   = "users"
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_vpc_security_group_ingress_rule" "hosts_from_hosts" {
  security_group_id            = aws_security_group.hosts.id
  referenced_security_group_id = aws_security_group.hosts.id
  ip_protocol                  = "tcp"
  from_port                    = 40000
  to_port                      = 49999
}

resource "aws_security_group_rule" "hosts_from_users" {
  security_group_id        = aws_security_group.hosts.id
  source_security_group_id = aws_security_group.users.id
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 32768
  to_port                  = 60999
}

resource "aws_launch_template" "hosts" {
  name                   = "hosts"
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "t3.small"
  vpc_security_group_ids = [aws_security_group.hosts.id]
  user_data = base64encode(<<-EOT
    #!/bin/sh
    echo ECS_CLUSTER=${aws_ecs_cluster.main.name} >> /etc/ecs/ecs.config
    echo ECS_DYNAMIC_HOST_PORT_RANGE=40000-49999 >> /etc/ecs/ecs.config
  EOT
  )
}

resource "aws_autoscaling_group" "hosts" {
  name                = "hosts"
  min_size            = 2
  max_size            = 3
  vpc_zone_identifier = aws_subnet.private[*].id
  launch_template {
    id      = aws_launch_template.hosts.id
    version = aws_launch_template.hosts.latest_version
  }
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name = "dev-ecs"
  vpc  = aws_vpc.main.id
}

module "redis" {
  source                  = "./modules/redis"
  name                    = "dev-redis"
  cluster_name            = aws_ecs_cluster.main.name
  vpc_id                  = aws_vpc.main.id
  subnets                 = { a = aws_subnet.private[0].id, b = aws_subnet.private[1].id }
  host_security_group_ids = [aws_security_group.hosts.id]
  namespace = {
    id     = aws_service_discovery_private_dns_namespace.main.id
    name   = aws_service_discovery_private_dns_namespace.main.name
    vpc_id = aws_vpc.main.id
  }
}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name               = "app-execution"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "parameters" {
  for_each = toset(["a", "b"])
  statement {
    sid       = "Parameters"
    actions   = ["ssm:GetParameters"]
    resources = ["arn:aws:ssm:*:*:parameter/${each.key}/*"]
  }
}

data "aws_iam_policy_document" "password" {
  source_policy_documents = [data.aws_iam_policy_document.parameters["a"].json, module.redis.execution_policy_json]
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["ssm.eu-central-1.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "password" {
  name   = "password"
  policy = data.aws_iam_policy_document.password.json
}

resource "aws_iam_role_policy_attachment" "password" {
  role       = aws_iam_role.execution.name
  policy_arn = aws_iam_policy.password.arn
}

# The statements of a document, taken apart and joined.
resource "aws_iam_role_policy" "joined" {
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(jsondecode(data.aws_iam_policy_document.tasks.json).Statement, [])
  })
}

resource "aws_lb" "users" {
  name               = "users"
  load_balancer_type = "application"
  security_groups    = [aws_security_group.users.id]
  subnets            = aws_subnet.private[*].id
}

resource "aws_lb_target_group" "app" {
  name     = "app"
  port     = 3000
  protocol = "HTTP"
  vpc_id   = aws_vpc.main.id
}

resource "aws_lb_listener" "users" {
  load_balancer_arn = aws_lb.users.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_ecs_task_definition" "app" {
  family             = "app"
  execution_role_arn = aws_iam_role.execution.arn
  container_definitions = jsonencode([{
    name         = "app"
    image        = "example.com/game-api:1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
    environment  = [{ name = "REDIS_URL", value = module.redis.url }]
    secrets = [
      { name = "REDIS_PASSWORD", valueFrom = module.redis.password_secret_arn },
      { name = "TOKEN", valueFrom = "/a/token" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2
  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = "app"
    container_port   = 3000
  }
}
