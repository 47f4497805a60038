# Several containers in one awsvpc task: a proxy before the app, a sidecar, and a health check on localhost.
resource "aws_ecs_cluster" "main" {
  name = "sidecars"
}

resource "aws_ecs_task_definition" "app" {
  family                   = "sidecars"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 512
  memory                   = 1024
  container_definitions = jsonencode([
    {
      name         = "proxy"
      image        = "nginx:1.27"
      essential    = true
      portMappings = [{ containerPort = 80 }]
      dependsOn    = [{ containerName = "app", condition = "HEALTHY" }]
    },
    {
      name      = "app"
      image     = "ghcr.io/example/shop:2.1"
      essential = true
      environment = [
        { name = "PORT", value = "3000" },
        { name = "STATSD_HOST", value = "127.0.0.1" },
      ]
      healthCheck = {
        command     = ["CMD-SHELL", "curl -f http://localhost:3000/healthz || exit 1"]
        interval    = 30
        retries     = 3
        startPeriod = 60
      }
    },
    {
      name      = "metrics"
      image     = "amazon/cloudwatch-agent:latest"
      essential = false
    },
  ])
}

resource "aws_ecs_service" "app" {
  name            = "sidecars"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }
}
