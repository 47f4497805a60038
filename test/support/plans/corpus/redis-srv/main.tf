# Redis as its own service on EC2 hosts, found by SRV records.
resource "aws_ecs_cluster" "main" {
  name = "srv"
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name = "srv.internal"
  vpc  = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_service_discovery_service" "redis" {
  name = "redis"

  dns_config {
    namespace_id   = aws_service_discovery_private_dns_namespace.main.id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "SRV"
      ttl  = 10
    }
  }

  health_check_custom_config {
    failure_threshold = 1
  }
}

resource "aws_ecs_task_definition" "redis" {
  family       = "srv-redis"
  network_mode = "bridge"
  container_definitions = jsonencode([{
    name         = "redis"
    image        = "redis:7.2"
    memory       = 256
    essential    = true
    portMappings = [{ containerPort = 6379, hostPort = 0 }]
    healthCheck = {
      command  = ["CMD-SHELL", "redis-cli ping | grep -q PONG"]
      interval = 5
      timeout  = 2
      retries  = 3
    }
  }])
}

resource "aws_ecs_service" "redis" {
  name                               = "redis"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.redis.arn
  desired_count                      = 1
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100

  service_registries {
    registry_arn   = aws_service_discovery_service.redis.arn
    container_name = "redis"
    container_port = 6379
  }
}

resource "aws_ecs_task_definition" "app" {
  family = "srv-app"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/game-api:1.4.2"
    memory       = 256
    essential    = true
    portMappings = [{ containerPort = 8080, hostPort = 0 }]
    environment = [
      { name = "PORT", value = "8080" },
      { name = "REDIS_URL", value = "redis+srv://redis.srv.internal" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2
}
