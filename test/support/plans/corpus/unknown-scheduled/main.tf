# A nightly task whose definition is unknown, beside a service whose definition is known. No service runs the first.
resource "aws_ecs_cluster" "main" {
  name = "nightly"
}

resource "aws_s3_bucket" "reports" {
  bucket_prefix = "nightly-reports-"
}

resource "aws_ecs_task_definition" "report" {
  family                   = "nightly-report"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name        = "report"
    image       = "ghcr.io/example/report:1"
    environment = [{ name = "BUCKET", value = aws_s3_bucket.reports.bucket }]
  }])
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly-report"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = aws_ecs_cluster.main.arn
  role_arn = "arn:aws:iam::123456789012:role/events"

  ecs_target {
    task_definition_arn = aws_ecs_task_definition.report.arn
    launch_type         = "FARGATE"

    network_configuration {
      subnets = ["subnet-0a1b2c3d4e5f60718"]
    }
  }
}

resource "aws_ecs_task_definition" "app" {
  family = "nightly-app"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "nightly-app"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
}
