# Optional arguments as modules write them: an expression that is null, or a block without them. Its
# listener has a certificate with a record for each domain.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "ca-central-1"
}

variable "launch_type" {
  type    = string
  default = null
}

data "aws_availability_zones" "all" {}

locals {
  zones = { for letter in ["a", "b", "d"] : "ca-central-1${letter}" => "ca-central-1${letter}" }
}

data "aws_kms_secrets" "shared" {
  secret {
    name    = "key"
    payload = "AQICAHg="
  }
}

data "aws_lb" "shared" {
  name = "shared"
}

resource "aws_ecs_cluster" "main" {
  name = "main"
}

resource "aws_launch_template" "hosts" {
  name_prefix   = "hosts-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.medium"
}

resource "aws_autoscaling_group" "hosts" {
  name_prefix           = "hosts-"
  min_size              = 1
  max_size              = 2
  protect_from_scale_in = true
  availability_zones    = [for zone in data.aws_availability_zones.all.names : local.zones[zone]]

  launch_template {
    id = aws_launch_template.hosts.id
  }
}

resource "aws_ecs_capacity_provider" "hosts" {
  name = "hosts"
  auto_scaling_group_provider {
    auto_scaling_group_arn = aws_autoscaling_group.hosts.arn
  }
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = [aws_ecs_capacity_provider.hosts.name]
}

resource "aws_lb_target_group" "app" {
  name               = "app"
  port               = 80
  protocol           = "HTTP"
  vpc_id             = "vpc-1"
  preserve_client_ip = var.launch_type
}

resource "aws_acm_certificate" "app" {
  domain_name       = "app.example.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "proof" {
  for_each = { for each in aws_acm_certificate.app.domain_validation_options : each.domain_name => each }
  zone_id  = "Z1"
  name     = each.value.resource_record_name
  type     = each.value.resource_record_type
  records  = [each.value.resource_record_value]
  ttl      = 60
}

resource "aws_acm_certificate_validation" "app" {
  certificate_arn         = aws_acm_certificate.app.arn
  validation_record_fqdns = [for each in aws_route53_record.proof : each.fqdn]
}

resource "aws_lb_listener" "app" {
  load_balancer_arn = aws_lb.app.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate_validation.app.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_lb" "app" {
  name    = "app"
  subnets = ["subnet-1", "subnet-2"]
}

resource "aws_ecs_task_definition" "app" {
  family = "app"

  container_definitions = jsonencode([{
    name         = "app"
    image        = "example.com/app:1.0.0"
    memory       = 64
    portMappings = [{ containerPort = 3000 }]
    environment = [
      { name = "BALANCER", value = data.aws_lb.shared.arn },
      { name = "KEY", value = data.aws_kms_secrets.shared.plaintext["key"] },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "app"
  cluster         = aws_ecs_cluster.main.id
  desired_count   = 1
  launch_type     = var.launch_type
  task_definition = aws_ecs_task_definition.app.arn

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.hosts.name
    weight            = 1
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = "app"
    container_port   = 3000
  }
}
