variable "name" {
  type = string
}

variable "name_prefix" {
  type    = string
  default = null
}

variable "algorithm" {
  type    = string
  default = null
}

variable "protocol_version" {
  type    = string
  default = null
}

variable "order" {
  type    = number
  default = null
}

variable "configure_at_launch" {
  type    = bool
  default = null
}

resource "aws_ecs_cluster" "main" {
  name = var.name
}

resource "aws_lb" "main" {
  name        = var.name
  name_prefix = var.name_prefix
  subnets     = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
}

resource "aws_lb_target_group" "app" {
  name                          = var.name
  name_prefix                   = var.name_prefix
  port                          = 8080
  protocol                      = "HTTP"
  protocol_version              = var.protocol_version
  load_balancing_algorithm_type = var.algorithm
  target_type                   = "instance"
  vpc_id                        = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type             = "forward"
    order            = var.order
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_ecs_task_definition" "app" {
  family = var.name

  volume {
    name                = "data"
    configure_at_launch = var.configure_at_launch
  }

  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 8080, hostPort = 0 }]
    mountPoints  = [{ sourceVolume = "data", containerPath = "/data" }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = var.name
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1

  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = "app"
    container_port   = 8080
  }
}
