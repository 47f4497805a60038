# Two versions of an app behind one listener, with weights.
resource "aws_ecs_cluster" "main" {
  name = "weighted"
}

resource "aws_lb" "main" {
  name    = "weighted"
  subnets = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
}

resource "aws_lb_target_group" "app" {
  for_each = toset(["blue", "green"])
  name     = "weighted-${each.key}"
  port     = 3000
  protocol = "HTTP"
  vpc_id   = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80

  default_action {
    type = "forward"

    forward {
      target_group {
        arn    = aws_lb_target_group.app["blue"].arn
        weight = 90
      }

      target_group {
        arn    = aws_lb_target_group.app["green"].arn
        weight = 10
      }

      stickiness {
        enabled  = true
        duration = 600
      }
    }
  }
}

resource "aws_ecs_task_definition" "app" {
  for_each = { blue = "2.1", green = "2.2" }
  family   = "weighted-${each.key}"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:${each.value}"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  for_each        = aws_ecs_task_definition.app
  name            = "weighted-${each.key}"
  cluster         = aws_ecs_cluster.main.id
  task_definition = each.value.arn
  desired_count   = 1

  load_balancer {
    target_group_arn = aws_lb_target_group.app[each.key].arn
    container_name   = "app"
    container_port   = 3000
  }
}
