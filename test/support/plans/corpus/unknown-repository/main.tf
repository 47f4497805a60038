# The URL of an ECR repository is unknown before the first apply.
locals {
  services = {
    web    = { port = 3000, count = 2 }
    worker = { port = 3001, count = 1 }
  }
}

resource "aws_ecs_cluster" "main" {
  name = "built"
}

resource "aws_ecr_repository" "app" {
  for_each = local.services
  name     = "built/${each.key}"
}

resource "aws_cloudwatch_log_group" "app" {
  for_each          = local.services
  name              = "/ecs/built/${each.key}"
  retention_in_days = 7
}

resource "aws_ecs_task_definition" "app" {
  for_each = local.services
  family   = "built-${each.key}"
  container_definitions = jsonencode([{
    name         = each.key
    image        = "${aws_ecr_repository.app[each.key].repository_url}:latest"
    memory       = 256
    essential    = true
    portMappings = [{ containerPort = each.value.port, hostPort = 0 }]
    environment  = [{ name = "PORT", value = tostring(each.value.port) }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.app[each.key].name
        awslogs-region        = "eu-central-1"
        awslogs-stream-prefix = each.key
      }
    }
  }])
}

resource "aws_ecs_service" "app" {
  for_each        = local.services
  name            = "built-${each.key}"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app[each.key].arn
  desired_count   = each.value.count
}
