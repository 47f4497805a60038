# Redis behind Service Connect, as AWS advises: the app calls redis:6379, and a proxy in its task finds Redis.
resource "aws_service_discovery_http_namespace" "main" {
  name = "connected"
}

resource "aws_ecs_cluster" "main" {
  name = "connected"

  service_connect_defaults {
    namespace = aws_service_discovery_http_namespace.main.arn
  }
}

resource "aws_ecs_task_definition" "redis" {
  family                   = "connected-redis"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "redis"
    image        = "redis:7.2"
    essential    = true
    portMappings = [{ name = "redis", containerPort = 6379 }]
  }])
}

resource "aws_ecs_service" "redis" {
  name            = "redis"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.redis.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }

  service_connect_configuration {
    enabled   = true
    namespace = aws_service_discovery_http_namespace.main.arn

    service {
      port_name      = "redis"
      discovery_name = "redis"

      client_alias {
        dns_name = "redis"
        port     = 6379
      }
    }
  }
}

resource "aws_ecs_task_definition" "app" {
  family                   = "connected-app"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "app"
    image        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/game-api:1.4.2"
    essential    = true
    portMappings = [{ name = "http", containerPort = 8080 }]
    environment = [
      { name = "PORT", value = "8080" },
      { name = "REDIS_URL", value = "redis://redis:6379" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }

  service_connect_configuration {
    enabled   = true
    namespace = aws_service_discovery_http_namespace.main.arn
  }
}
