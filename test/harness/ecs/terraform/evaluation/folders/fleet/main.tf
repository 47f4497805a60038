terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
  backend "s3" {
    bucket = "states-of-a-company"
    key    = "fleet"
    region = "eu-central-1"
  }
}

variable "image" {
  type    = string
  default = "example.com/game-api:1.0.0"
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "names"
  region = "us-east-1"
}

data "aws_caller_identity" "here" {}
data "aws_region" "here" {}

data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = "states-of-a-company"
    key    = "network"
    region = "eu-central-1"
  }
}

resource "aws_ecs_cluster" "fleet" {
  name = "fleet"
}

resource "aws_service_discovery_private_dns_namespace" "fleet" {
  name = "fleet-ecs"
  vpc  = data.terraform_remote_state.network.outputs.vpc_id
}

resource "aws_service_discovery_service" "redis" {
  name = "redis"
  dns_config {
    namespace_id = aws_service_discovery_private_dns_namespace.fleet.id
    dns_records {
      ttl  = 5
      type = "SRV"
    }
  }
}

resource "aws_db_instance" "guests" {
  identifier        = "guests"
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
  username          = "guests"
  password          = "not-a-secret"
}

module "task" {
  source   = "./task"
  for_each = toset(["redis", "api"])

  name   = each.key
  region = data.aws_region.here.name
  container = {
    redis = {
      image       = "redis:8"
      port        = 6379
      environment = {}
    }
    api = {
      image = var.image
      port  = 3000
      environment = {
        PORT      = "3000"
        REDIS_URL = "redis+srv://${aws_service_discovery_service.redis.name}.${aws_service_discovery_private_dns_namespace.fleet.name}"
        DATABASE  = "postgres://${aws_db_instance.guests.address}:5432/guests"
        ACCOUNT   = data.aws_caller_identity.here.account_id
      }
    }
  }[each.key]
}

resource "aws_ecs_service" "redis" {
  name                               = "redis"
  cluster                            = aws_ecs_cluster.fleet.id
  task_definition                    = module.task["redis"].arn
  desired_count                      = 1
  deployment_maximum_percent         = 100
  deployment_minimum_healthy_percent = 0
  service_registries {
    registry_arn   = aws_service_discovery_service.redis.arn
    container_name = "redis"
    container_port = 6379
  }
}

resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.fleet.id
  task_definition = module.task["api"].arn
  desired_count   = 2
  lifecycle {
    ignore_changes = [desired_count]
  }
}

# Nothing to do with ECS: it is not evaluated. An index into a computed list would end the evaluation.
resource "aws_acm_certificate" "web" {
  provider          = aws.names
  domain_name       = "example.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "web" {
  zone_id = "Z0123456789"
  name    = tolist(aws_acm_certificate.web.domain_validation_options)[0].resource_record_name
  type    = "CNAME"
  ttl     = 60
  records = ["x"]
}
