# Definitions take ARNs, ids and URLs apart that are unknown before the first apply.
data "aws_caller_identity" "current" {}

resource "aws_ecs_cluster" "main" {
  name = "parts"
}

resource "aws_cloudwatch_log_group" "app" {
  name = "/parts/app"
}

resource "aws_sqs_queue" "jobs" {
  name = "parts-jobs"
}

resource "aws_kms_key" "main" {}

resource "aws_security_group" "app" {
  name_prefix = "parts-"
}

resource "aws_ecs_task_definition" "app" {
  family = "parts"
  container_definitions = jsonencode([{
    name   = "app"
    image  = "ghcr.io/example/shop:2.1"
    memory = 256
    environment = [
      { name = "REGION", value = split(":", aws_cloudwatch_log_group.app.arn)[3] },
      { name = "ACCOUNT", value = element(split(":", aws_cloudwatch_log_group.app.arn), 4) },
      { name = "QUEUE", value = split("/", aws_sqs_queue.jobs.url)[4] },
      { name = "QUEUE_NAME", value = split(":", aws_sqs_queue.jobs.arn)[5] },
      { name = "KEY", value = split("/", aws_kms_key.main.arn)[1] },
      { name = "GROUP", value = trimprefix(aws_security_group.app.id, "sg-") },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "parts"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
}
