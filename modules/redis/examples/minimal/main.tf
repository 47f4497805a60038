# Redis in a network, a cluster and a namespace that exist: put in your ids.

terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, != 6.4.0"
    }
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

module "redis" {
  source                  = "../.."
  name                    = "dev-redis"
  cluster_name            = "dev"
  vpc_id                  = "vpc-0123abcd"
  subnets                 = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  host_security_group_ids = ["sg-0123abcd"]

  namespace = {
    id     = "ns-0123abcd"
    name   = "dev-ecs"
    vpc_id = "vpc-0123abcd"
  }
}

output "redis_url" {
  description = "For the app's REDIS_URL"
  value       = module.redis.url
}

output "redis_password_secret_arn" {
  description = "For REDIS_PASSWORD in the secrets of the app's container"
  value       = module.redis.password_secret_arn
}
