# A service that speaks UDP alone, behind a network load balancer.
resource "aws_ecs_cluster" "main" {
  name = "udp"
}

resource "aws_lb" "main" {
  name               = "udp"
  load_balancer_type = "network"
  subnets            = ["subnet-0a1b2c3d4e5f60718"]
}

resource "aws_lb_target_group" "udp" {
  name        = "udp"
  port        = 5353
  protocol    = "UDP"
  target_type = "ip"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"

  health_check {
    protocol = "TCP"
    port     = "8080"
  }
}

resource "aws_lb_listener" "udp" {
  load_balancer_arn = aws_lb.main.arn
  port              = 5353
  protocol          = "UDP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.udp.arn
  }
}

resource "aws_ecs_task_definition" "app" {
  family                   = "udp"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name  = "resolver"
    image = "ghcr.io/example/resolver:1"
    portMappings = [
      { containerPort = 5353, protocol = "udp" },
      { containerPort = 8080, protocol = "tcp" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "udp"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.udp.arn
    container_name   = "resolver"
    container_port   = 5353
  }
}
