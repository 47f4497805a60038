# A privileged container, as monitoring agents and Docker in Docker want.
resource "aws_ecs_cluster" "main" {
  name = "privileged"
}

resource "aws_ecs_task_definition" "agent" {
  family = "privileged"
  container_definitions = jsonencode([{
    name       = "agent"
    image      = "ghcr.io/example/agent:1"
    memory     = 256
    privileged = true
  }])
}

resource "aws_ecs_service" "agent" {
  name            = "privileged"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.agent.arn
  desired_count   = 1
}
