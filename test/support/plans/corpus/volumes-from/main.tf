# Containers get the volumes of others, one of them a log router.
resource "aws_ecs_cluster" "main" {
  name = "volumes"
}

resource "aws_ecs_task_definition" "app" {
  family = "volumes"
  volume {
    name = "files"
  }
  volume {
    name = "buffer"
  }
  container_definitions = jsonencode([
    {
      name        = "fluent-bit"
      image       = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"
      memory      = 64
      essential   = true
      mountPoints = [{ sourceVolume = "buffer", containerPath = "/buffer" }]
      firelensConfiguration = {
        type = "fluentbit"
      }
    },
    {
      name        = "writer"
      image       = "ghcr.io/example/writer:1"
      memory      = 64
      essential   = true
      mountPoints = [{ sourceVolume = "files", containerPath = "/files" }]
    },
    {
      name        = "reader"
      image       = "ghcr.io/example/reader:1"
      memory      = 64
      essential   = true
      volumesFrom = [
        { sourceContainer = "writer", readOnly = true },
        { sourceContainer = "fluent-bit", readOnly = false },
      ]
    },
  ])
}

resource "aws_ecs_service" "app" {
  name            = "volumes"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
}
