# A network load balancer before a service that speaks TCP, and one port that speaks UDP.
resource "aws_ecs_cluster" "main" {
  name = "game"
}

resource "aws_lb" "main" {
  name               = "game"
  load_balancer_type = "network"
  subnets            = ["subnet-0a1b2c3d4e5f60718"]
}

resource "aws_lb_target_group" "tcp" {
  name        = "game-tcp"
  port        = 7000
  protocol    = "TCP"
  target_type = "ip"
  vpc_id      = "vpc-0a1b2c3d4e5f60718"

  health_check {
    protocol = "TCP"
  }
}

resource "aws_lb_listener" "tcp" {
  load_balancer_arn = aws_lb.main.arn
  port              = 7000
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.tcp.arn
  }
}

resource "aws_ecs_task_definition" "app" {
  family                   = "game"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name  = "game"
    image = "ghcr.io/example/game:1"
    portMappings = [
      { containerPort = 7000, protocol = "tcp" },
      { containerPort = 7001, protocol = "udp" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "game"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.tcp.arn
    container_name   = "game"
    container_port   = 7000
  }
}
