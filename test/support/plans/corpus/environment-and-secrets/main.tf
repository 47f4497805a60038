# Variables without a value, an environment file, and keys of secrets that exist already.
data "aws_secretsmanager_secret" "database" {
  name = "prod/database"
}

resource "aws_ecs_cluster" "main" {
  name = "settings"
}

resource "aws_ecs_task_definition" "app" {
  family                   = "settings"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = "arn:aws:iam::123456789012:role/execution"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    portMappings = [{ containerPort = 3000 }]
    environment = [
      { name = "PORT", value = "3000" },
      { name = "FEATURE" },
      { name = "PREFIX", value = null },
    ]
    environmentFiles = [
      { type = "s3", value = "arn:aws:s3:::settings/prod.env" },
    ]
    secrets = [
      { name = "DATABASE_USER", valueFrom = "${data.aws_secretsmanager_secret.database.arn}:username::" },
      { name = "DATABASE_PASSWORD", valueFrom = "${data.aws_secretsmanager_secret.database.arn}:password::" },
      { name = "TOKEN", valueFrom = "arn:aws:ssm:eu-central-1:123456789012:parameter/prod/token" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "settings"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }
}
