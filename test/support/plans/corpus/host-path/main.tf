# A folder of the host, and a Docker volume.
resource "aws_ecs_cluster" "main" {
  name = "mounted"
}

locals {
  volumes = {
    data  = "/srv/data"
    cache = null
  }
}

resource "aws_ecs_task_definition" "app" {
  family = "mounted"

  dynamic "volume" {
    for_each = local.volumes

    content {
      name      = volume.key
      host_path = volume.value
    }
  }

  volume {
    name = "shared"

    docker_volume_configuration {
      scope         = "shared"
      autoprovision = true
      driver        = "local"
    }
  }

  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
    mountPoints = [
      { sourceVolume = "data", containerPath = "/data" },
      { sourceVolume = "cache", containerPath = "/cache" },
      { sourceVolume = "shared", containerPath = "/shared" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "mounted"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
}
