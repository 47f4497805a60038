# Redis as its own Fargate service, found by A records: the registry names neither a container nor a port.
resource "aws_ecs_cluster" "main" {
  name = "a-records"
}

resource "aws_service_discovery_private_dns_namespace" "main" {
  name = "a-records.internal"
  vpc  = "vpc-0a1b2c3d4e5f60718"
}

resource "aws_service_discovery_service" "redis" {
  name = "redis"

  dns_config {
    namespace_id = aws_service_discovery_private_dns_namespace.main.id

    dns_records {
      type = "A"
      ttl  = 10
    }
  }

  health_check_custom_config {
    failure_threshold = 1
  }
}

resource "aws_ecs_task_definition" "redis" {
  family                   = "a-records-redis"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "redis"
    image        = "public.ecr.aws/docker/library/redis:7"
    essential    = true
    portMappings = [{ containerPort = 6379 }]
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

  service_registries {
    registry_arn = aws_service_discovery_service.redis.arn
  }
}

resource "aws_ecs_task_definition" "app" {
  family                   = "a-records-app"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "app"
    image        = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/game-api:1.4.2"
    essential    = true
    portMappings = [{ containerPort = 8080 }]
    environment = [
      { name = "PORT", value = "8080" },
      { name = "REDIS_HOST", value = "redis.a-records.internal" },
      { name = "REDIS_PORT", value = "6379" },
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
}
