# A folder that takes over what stands, and reads secrets that only AWS has.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "eu-west-1"
}

import {
  to = aws_ecs_cluster.main
  id = "main"
}

import {
  for_each = toset(["orders", "mails"])
  to       = aws_cloudwatch_log_group.all[each.key]
  id       = each.key
}

data "aws_secretsmanager_secret_version" "database" {
  secret_id = "database"
}

variable "token" {
  type    = string
  default = "told to the provider alone"
}

variable "launch_type" {
  type    = string
  default = null
}

locals {
  database = jsondecode(data.aws_secretsmanager_secret_version.database.secret_string)
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_cloudwatch_log_group" "all" {
  for_each = toset(["orders", "mails"])
  name     = each.key
}

resource "aws_secretsmanager_secret" "token" {
  name = "token"
}

resource "aws_secretsmanager_secret_version" "token" {
  secret_id                = aws_secretsmanager_secret.token.id
  secret_string_wo         = var.token
  secret_string_wo_version = 1
}

resource "aws_iam_role" "execution" {
  name               = "execution"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}

resource "aws_ecs_task_definition" "app" {
  family             = "app"
  execution_role_arn = aws_iam_role.execution.arn

  container_definitions = jsonencode([{
    name   = "app"
    image  = "example.com/app:1.0.0"
    memory = 64
    environment = [
      { name = "CLUSTER", value = aws_ecs_cluster.main.arn },
      { name = "GROUP", value = aws_cloudwatch_log_group.all["orders"].arn },
      { name = "USER", value = local.database.user },
      { name = "HOST", value = jsondecode(data.aws_secretsmanager_secret_version.database.secret_string)["host"] },
    ]
    secrets = [{ name = "TOKEN", valueFrom = aws_secretsmanager_secret.token.arn }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  desired_count   = 1
  launch_type     = var.launch_type
  task_definition = aws_ecs_task_definition.app.arn
}
