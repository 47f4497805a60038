# One image for several programs: the command is for the image's ENTRYPOINT.
resource "aws_ecs_cluster" "main" {
  name = "commands"
}

resource "aws_ecs_task_definition" "app" {
  for_each = { web = ["web"], worker = ["worker", "--queue", "default"] }
  family   = "commands-${each.key}"
  container_definitions = jsonencode([{
    name         = each.key
    image        = "ghcr.io/example/shop:2.1"
    command      = each.value
    memory       = 256
    portMappings = each.key == "web" ? [{ containerPort = 3000, hostPort = 0 }] : []
  }])
}

resource "aws_ecs_service" "app" {
  for_each        = aws_ecs_task_definition.app
  name            = "commands-${each.key}"
  cluster         = aws_ecs_cluster.main.id
  task_definition = each.value.arn
  desired_count   = 1
}
