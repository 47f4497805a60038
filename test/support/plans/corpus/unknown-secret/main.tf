# The ARN of a secret is unknown before the first apply.
resource "aws_ecs_cluster" "main" {
  name = "secretive"
}

resource "aws_secretsmanager_secret" "database" {
  name = "secretive/database"
}

resource "aws_ssm_parameter" "token" {
  name  = "/secretive/token"
  type  = "SecureString"
  value = "not-a-real-token"
}

resource "aws_ecs_task_definition" "app" {
  family             = "secretive"
  execution_role_arn = "arn:aws:iam::123456789012:role/execution"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    essential    = true
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
    secrets = [
      { name = "DATABASE_PASSWORD", valueFrom = "${aws_secretsmanager_secret.database.arn}:password::" },
      { name = "TOKEN", valueFrom = aws_ssm_parameter.token.arn },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "secretive"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
}
