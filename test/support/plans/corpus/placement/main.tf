# Packs tasks by CPU, on hosts of one type, each at most once.
resource "aws_ecs_cluster" "main" {
  name = "packed"
}

resource "aws_ecs_task_definition" "app" {
  family = "packed"

  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.availability-zone in [eu-central-1a, eu-central-1b]"
  }

  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    cpu          = 256
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "packed"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2

  ordered_placement_strategy {
    type  = "spread"
    field = "attribute:ecs.availability-zone"
  }

  ordered_placement_strategy {
    type  = "binpack"
    field = "cpu"
  }

  placement_constraints {
    type       = "memberOf"
    expression = "attribute:ecs.instance-type =~ t3.*"
  }

  placement_constraints {
    type = "distinctInstance"
  }
}
