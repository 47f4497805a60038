# Logs through FireLens, and through another driver.
resource "aws_ecs_cluster" "main" {
  name = "logged"
}

resource "aws_ecs_task_definition" "app" {
  family                   = "logged"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 512
  memory                   = 1024
  container_definitions = jsonencode([
    {
      name      = "log-router"
      image     = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"
      essential = true
      firelensConfiguration = {
        type    = "fluentbit"
        options = { enable-ecs-log-metadata = "true" }
      }
    },
    {
      name         = "app"
      image        = "ghcr.io/example/shop:2.1"
      essential    = true
      portMappings = [{ containerPort = 3000 }]
      logConfiguration = {
        logDriver = "awsfirelens"
        options   = { Name = "datadog", Host = "http-intake.logs.datadoghq.eu" }
      }
      dependsOn = [{ containerName = "log-router", condition = "START" }]
    },
    {
      name      = "audit"
      image     = "ghcr.io/example/audit:1"
      essential = false
      logConfiguration = {
        logDriver = "splunk"
        options   = { splunk-url = "https://splunk.example.com", splunk-token = "not-a-real-token" }
      }
    },
  ])
}

resource "aws_ecs_service" "app" {
  name            = "logged"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }
}
