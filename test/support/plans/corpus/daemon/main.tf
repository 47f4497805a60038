# An agent on every host, beside a service.
resource "aws_ecs_cluster" "main" {
  name = "agents"
}

resource "aws_ecs_task_definition" "agent" {
  family       = "agents-agent"
  network_mode = "host"
  container_definitions = jsonencode([{
    name   = "agent"
    image  = "ghcr.io/example/agent:1"
    memory = 128
  }])
}

resource "aws_ecs_service" "agent" {
  name                = "agent"
  cluster             = aws_ecs_cluster.main.id
  task_definition     = aws_ecs_task_definition.agent.arn
  scheduling_strategy = "DAEMON"
}

resource "aws_ecs_task_definition" "app" {
  family = "agents-app"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2
}
