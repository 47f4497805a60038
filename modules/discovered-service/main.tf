# A service on the hosts of an existing cluster. Clients find it through its records in Cloud Map. modules/redis is one.
#
#   main.tf     values that several files use, and the Cloud Map service
#   service.tf  task definition, ECS service, log group
#   roles.tf    IAM roles of the task
#   network.tf  security groups

locals {
  # From the ARN of a resource. Terraform would read data sources only after the resources in the caller's depends_on
  # exist, and then every value here were unknown in a plan. They are also unknown if the resource is replaced, and then the
  # ECS service is replaced too. So it is one whose replacement replaces the ECS service anyway.
  registry_arn = split(":", aws_service_discovery_service.discovery_discovered.arn)
  partition    = local.registry_arn[1]
  region       = local.registry_arn[3]
  account      = local.registry_arn[4]

  name_prefix = coalesce(var.name_prefix, var.name)

  # In awsvpc mode each task has a network interface of its own.
  has_interface = var.network_mode == "awsvpc"
}

resource "aws_service_discovery_service" "discovery_discovered" {
  name = var.name
  # Tasks that ECS has not deregistered yet must not block a destroy.
  force_destroy = true
  tags          = var.tags

  dns_config {
    namespace_id   = var.namespace.id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = var.records
      ttl  = var.dns_ttl
    }
  }

  # ECS reports the health of tasks.
  health_check_custom_config {
    failure_threshold = 1
  }
}
