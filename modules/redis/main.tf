# Redis as an ECS service of its own on the hosts of an existing cluster. Clients find it through the SRV record
# <name>.<namespace>.
#
#   main.tf       values that several files use, and the Cloud Map service
#   service.tf    task definition, ECS service, log group
#   roles.tf      IAM roles of the task
#   passwords.tf  the two passwords and their rotation
#   storage.tf    EFS file system, or a folder on an existing one
#   alarms.tf     CloudWatch alarms
#   scripts/      what the containers run

locals {
  # From the ARN of a resource. Terraform would read data sources only after the resources in the caller's depends_on
  # exist, and then every value here were unknown in a plan. They are also unknown if the resource is replaced, and then the
  # ECS service is replaced too. So it is one whose replacement replaces the ECS service anyway.
  registry_arn = split(":", aws_service_discovery_service.discovery_redis.arn)
  partition    = local.registry_arn[1]
  region       = local.registry_arn[3]
  account      = local.registry_arn[4]

  srv_name = "${var.name}.${var.namespace.name}"
  port     = 6379
  # The user of the official Debian images.
  user_id  = 999
  group_id = 999
}

resource "aws_service_discovery_service" "discovery_redis" {
  name = var.name
  # Tasks that ECS has not deregistered yet must not block a destroy.
  force_destroy = true
  tags          = var.tags

  dns_config {
    namespace_id   = var.namespace.id
    routing_policy = "MULTIVALUE"

    # In bridge mode, only SRV records have the dynamic port of the host.
    dns_records {
      type = "SRV"
      ttl  = var.dns_ttl
    }
  }

  # ECS reports the health of tasks.
  health_check_custom_config {
    failure_threshold = 1
  }
}
