# Hosts from a launch configuration.
resource "aws_ecs_cluster" "main" {
  name = "launched"
}

resource "aws_launch_configuration" "main" {
  name_prefix   = "launched-"
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = "t3.small"
  user_data     = <<-EOT
    #!/bin/bash
    echo ECS_CLUSTER=launched >> /etc/ecs/ecs.config
  EOT
}

resource "aws_autoscaling_group" "main" {
  name                 = "launched"
  min_size             = 1
  max_size             = 3
  desired_capacity     = 2
  launch_configuration = aws_launch_configuration.main.name
  vpc_zone_identifier  = ["subnet-0a1b2c3d4e5f60718"]
}

resource "aws_ecs_task_definition" "app" {
  family = "launched"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "launched"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2
}
