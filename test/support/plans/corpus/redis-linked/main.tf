# The setup of many small games: app and Redis in one task, linked. Redis publishes no port.
resource "aws_ecs_cluster" "main" {
  name = "linked"
}

resource "aws_ecs_task_definition" "app" {
  family = "linked-app"
  container_definitions = jsonencode([
    {
      name         = "app"
      image        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/game-api:1.4.2"
      memory       = 256
      essential    = true
      links        = ["redis"]
      portMappings = [{ containerPort = 8080, hostPort = 0 }]
      environment = [
        { name = "PORT", value = "8080" },
        { name = "REDIS_URL", value = "redis://redis:6379" },
      ]
    },
    {
      name      = "redis"
      image     = "redis:7.2"
      memory    = 256
      essential = true
    },
  ])
}

resource "aws_ecs_service" "app" {
  name            = "linked-app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
}
