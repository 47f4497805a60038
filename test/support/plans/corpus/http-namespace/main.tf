# A registry without DNS records, in a namespace that only the API of Cloud Map knows.
resource "aws_ecs_cluster" "main" {
  name = "api-only"
}

resource "aws_service_discovery_http_namespace" "main" {
  name = "api-only"
}

resource "aws_service_discovery_service" "search" {
  name         = "search"
  namespace_id = aws_service_discovery_http_namespace.main.id
}

resource "aws_ecs_task_definition" "search" {
  family       = "search"
  network_mode = "bridge"
  container_definitions = jsonencode([{
    name         = "search"
    image        = "ghcr.io/example/search:1"
    memory       = 256
    portMappings = [{ containerPort = 9200, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "search" {
  name            = "search"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.search.arn
  desired_count   = 1

  service_registries {
    registry_arn   = aws_service_discovery_service.search.arn
    container_name = "search"
    container_port = 9200
  }
}
