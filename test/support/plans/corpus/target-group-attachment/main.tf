# A target group with an old server beside the tasks.
resource "aws_ecs_cluster" "main" {
  name = "attached"
}

resource "aws_lb" "main" {
  name    = "attached"
  subnets = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
}

resource "aws_lb_target_group" "app" {
  name     = "attached-app"
  port     = 3000
  protocol = "HTTP"
  vpc_id   = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_target_group" "old" {
  name     = "attached-old"
  port     = 80
  protocol = "HTTP"
  vpc_id   = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_target_group_attachment" "old" {
  target_group_arn = aws_lb_target_group.old.arn
  target_id        = "i-0a1b2c3d4e5f60718"
  port             = 80
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_lb_listener_rule" "old" {
  listener_arn = aws_lb_listener.http.arn
  priority     = 10

  condition {
    path_pattern {
      values = ["/old/*"]
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.old.arn
  }
}

resource "aws_ecs_task_definition" "app" {
  family = "attached-app"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "attached-app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1

  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = "app"
    container_port   = 3000
  }
}
