variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "container" {
  type = object({
    image       = string
    port        = number
    environment = map(string)
  })
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_cloudwatch_log_group" "task" {
  name = "/fleet/${var.name}"
}

resource "aws_ecs_task_definition" "task" {
  family             = var.name
  execution_role_arn = aws_iam_role.execution.arn
  container_definitions = jsonencode([{
    name         = var.name
    image        = var.container.image
    essential    = true
    memory       = 128
    portMappings = [{ containerPort = var.container.port, hostPort = 0 }]
    environment  = [for name, value in var.container.environment : { name = name, value = value }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.task.name
        awslogs-region        = var.region
        awslogs-stream-prefix = var.name
      }
    }
  }])
}

output "arn" {
  value = aws_ecs_task_definition.task.arn
}
