# A search engine whose tasks have a network interface of their own, with a secret and a health check, and the rights of
# an app that finds it. The network, the cluster and the namespace exist: put in your ids.

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
  network_mode            = "awsvpc"
  desired_count           = 2
  memory                  = 512
  cluster_name            = "dev"
  vpc_id                  = "vpc-0123abcd"
  subnets                 = { a = "subnet-0123abcd", b = "subnet-4567abcd" }
  host_security_group_ids = ["sg-0123abcd"]
  tags                    = { team = "search" }

  namespace = {
    id     = "ns-0123abcd"
    name   = "dev-ecs"
    vpc_id = "vpc-0123abcd"
  }

  # The app's tasks run in bridge mode, so they connect from the hosts. The search engine connects to Redis, which is in
  # bridge mode too, on the hosts' dynamic ports.
  client_security_groups = { hosts = "sg-0123abcd" }
  dynamic_port_range     = { from = 40000, to = 49999 }

  environment   = { LOG_LEVEL = "info" }
  secrets       = { API_KEY = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:search/api-key-a1B2c3" }
  health_check  = { command = "curl --fail --silent http://127.0.0.1:9200/" }
  task_policies = [data.aws_iam_policy_document.snapshots.json]
}

# What the program may do.
data "aws_iam_policy_document" "snapshots" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::dev-search-snapshots/*"]
  }
}

# The app asks Cloud Map for the search engine with this policy. The role is the app's.
resource "aws_iam_role_policy" "app_search" {
  name   = "search"
  role   = "dev-app-task"
  policy = module.search.client_policy_json
}

output "search_srv_name" {
  description = "For the app's SEARCH_SRV"
  value       = module.search.dns_name
}
