# Two services that call each other by HTTP through Service Connect, with the namespace of the cluster.
resource "aws_service_discovery_http_namespace" "main" {
  name = "shop"
}

resource "aws_ecs_cluster" "main" {
  name = "shop"

  service_connect_defaults {
    namespace = aws_service_discovery_http_namespace.main.arn
  }
}

locals {
  services = { web = 3000, catalog = 8080 }
}

resource "aws_ecs_task_definition" "each" {
  for_each                 = local.services
  family                   = "shop-${each.key}"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = each.key
    image        = "ghcr.io/example/${each.key}:1"
    portMappings = [{ name = "http", containerPort = each.value, appProtocol = "http" }]
    environment  = [{ name = "CATALOG_URL", value = "http://catalog:8080" }]
  }])
}

resource "aws_ecs_service" "each" {
  for_each        = local.services
  name            = each.key
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.each[each.key].arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }

  service_connect_configuration {
    enabled = true

    service {
      port_name      = "http"
      discovery_name = each.key

      client_alias {
        dns_name = each.key
        port     = each.value
      }

      timeout {
        idle_timeout_seconds        = 120
        per_request_timeout_seconds = 15
      }
    }
  }
}
