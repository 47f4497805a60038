terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

provider "aws" {
  region = var.region
}

resource "terraform_data" "evil" {
  provisioner "local-exec" {
    command = "touch ${path.root}/run-by-a-provisioner"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "touch ${path.root}/run-by-a-provisioner"
  }
}

# Needed by no service.
resource "terraform_data" "idle" {
  provisioner "local-exec" {
    command = "touch ${path.root}/run-by-a-provisioner"
  }
}

resource "aws_ecs_task_definition" "app" {
  family                = "app"
  container_definitions = jsonencode([{ name = "app", image = "app:1", memory = 64 }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  depends_on      = [terraform_data.evil]
}
