# A search engine in a network, a cluster and a namespace that exist: put in your ids.

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

module "search" {
  source                  = "../.."
  name                    = "dev-search"
  image                   = "example.com/search:2.1.0"
  port                    = 9200
  cluster_name            = "dev"
  vpc_id                  = "vpc-0123abcd"
  host_security_group_ids = ["sg-0123abcd"]

  namespace = {
    id     = "ns-0123abcd"
    name   = "dev-ecs"
    vpc_id = "vpc-0123abcd"
  }
}

output "search_srv_name" {
  description = "SRV name of the search engine"
  value       = module.search.dns_name
}
