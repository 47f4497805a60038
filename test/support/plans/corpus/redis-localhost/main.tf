# App and Redis in one Fargate task: they talk through localhost.
resource "aws_ecs_cluster" "main" {
  name = "localhost"
}

resource "aws_ecs_task_definition" "app" {
  family                   = "localhost-app"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 512
  memory                   = 1024
  container_definitions = jsonencode([
    {
      name         = "app"
      image        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/game-api:1.4.2"
      essential    = true
      portMappings = [{ containerPort = 8080 }]
      environment = [
        { name = "PORT", value = "8080" },
        { name = "REDIS_URL", value = "redis://localhost:6379" },
      ]
      dependsOn = [{ containerName = "redis", condition = "HEALTHY" }]
    },
    {
      name      = "redis"
      image     = "redis:7-alpine"
      essential = true
      healthCheck = {
        command  = ["CMD-SHELL", "redis-cli -h localhost -p 6379 ping | grep PONG"]
        interval = 10
        timeout  = 5
        retries  = 3
      }
    },
  ])
}

resource "aws_ecs_service" "app" {
  name            = "localhost-app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = ["subnet-0a1b2c3d4e5f60718"]
    security_groups = ["sg-0a1b2c3d4e5f60718"]
  }
}
