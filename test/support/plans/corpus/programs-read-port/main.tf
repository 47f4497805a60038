# A program that listens on PORT, behind fixed ports of the host.
resource "aws_ecs_cluster" "main" {
  name = "ports"
}

resource "aws_ecs_task_definition" "app" {
  family = "ports"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    entryPoint   = ["node"]
    command      = ["server.js"]
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 80 }]
    environment  = [{ name = "PORT", value = "3000" }]
  }])
}

resource "aws_ecs_service" "app" {
  name                               = "ports"
  cluster                            = aws_ecs_cluster.main.id
  task_definition                    = aws_ecs_task_definition.app.arn
  desired_count                      = 1
  deployment_minimum_healthy_percent = 0
}
