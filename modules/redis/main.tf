# Redis as an ECS service of its own on the hosts of an existing cluster. Clients find it through the SRV record
# <name>.<namespace>.
#
#   main.tf       values that several files use
#   service.tf    the service, which is one of modules/discovered-service, and the containers of its tasks
#   passwords.tf  the two passwords, their rotation, and who may read them
#   storage.tf    EFS file system, or a folder on an existing one, and who may mount it
#   alarms.tf     CloudWatch alarms
#   moved.tf      addresses of an earlier form of this module
#   scripts/      what the containers run

locals {
  # From the ARN of a resource. Terraform would read data sources only after the resources in the caller's depends_on
  # exist, and then every value here were unknown in a plan.
  access_point_arn = split(":", aws_efs_access_point.storage_access_point.arn)
  partition        = local.access_point_arn[1]
  region           = local.access_point_arn[3]
  account          = local.access_point_arn[4]

  name_prefix = coalesce(var.name_prefix, var.name)
  # The user of the official Debian images.
  user_id  = 999
  group_id = 999
}
