variable "name" {
  description = "DNS name in the namespace: clients look up `<name>.<namespace>`. Allowed: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as dev-redis"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name))
    error_message = "name: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as dev-redis"
  }
}

variable "name_prefix" {
  description = "Name of the ECS service, and prefix of the names of roles, log group and what else has a name. It must be unique in the AWS account, across regions: set it where two regions have the same DNS name. Default: name. Allowed: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as dev-redis"
  type        = string
  default     = null

  validation {
    condition     = var.name_prefix == null ? true : can(regex("^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", var.name_prefix))
    error_message = "name_prefix: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as dev-redis"
  }
}

variable "cluster_name" {
  description = "Name of the ECS cluster on EC2. Allowed: the name of an ECS cluster"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z][\\w-]{0,254}$", var.cluster_name))
    error_message = "cluster_name: the name of an ECS cluster"
  }
}

variable "capacity_provider" {
  description = "Capacity provider of the cluster. The call must depend on its aws_ecs_cluster_capacity_providers. Default: launch type EC2. Allowed: the name of a capacity provider"
  type        = string
  default     = null

  validation {
    condition     = var.capacity_provider == null ? true : can(regex("^[A-Za-z][\\w-]{0,254}$", var.capacity_provider))
    error_message = "capacity_provider: the name of a capacity provider"
  }
}

variable "force_new_deployment" {
  description = "Set it for the apply that changes capacity_provider from one to another, and remove it afterwards. Without it, provider 6 refuses the plan, and provider 5 replaces the service"
  type        = bool
  default     = false
  nullable    = false
}

variable "wait_for_steady_state" {
  description = "An apply waits until the tasks run and are healthy, or have stopped. Without it, a service that does not start fails no apply"
  type        = bool
  default     = true
  nullable    = false
}

variable "stopped" {
  description = "Stops all tasks, for maintenance. Clients find no record"
  type        = bool
  default     = false
  nullable    = false
}

variable "placement_constraints" {
  description = "Constraints for the hosts of tasks, as in aws_ecs_service. Allowed: up to 10; type is distinctInstance or memberOf; expression is set with memberOf alone, such as `attribute:ecs.instance-type =~ r7g.*`"
  type = list(object({
    type       = string
    expression = optional(string)
  }))
  default  = []
  nullable = false

  validation {
    condition     = length(var.placement_constraints) <= 10
    error_message = "placement_constraints: up to 10"
  }

  validation {
    condition     = alltrue([for each in var.placement_constraints : contains(["distinctInstance", "memberOf"], each.type)])
    error_message = "placement_constraints: type is distinctInstance or memberOf"
  }

  validation {
    condition     = alltrue([for each in var.placement_constraints : (each.type == "memberOf") == (each.expression != null)])
    error_message = "placement_constraints: expression is set with memberOf alone"
  }
}

variable "vpc_id" {
  description = "VPC of the hosts. DNS support and DNS hostnames must be on. Allowed: a VPC id such as vpc-0123abcd"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^vpc-[0-9a-f]+$", var.vpc_id))
    error_message = "vpc_id: a VPC id such as vpc-0123abcd"
  }
}

variable "host_security_group_ids" {
  description = "Security groups of the hosts. In bridge mode they must allow hosts and clients on the hosts' dynamic ports. Allowed: 1 to 5 security group ids such as sg-0123abcd; no duplicates"
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.host_security_group_ids) >= 1 && length(var.host_security_group_ids) <= 5
    error_message = "host_security_group_ids: 1 to 5 security groups"
  }

  validation {
    condition     = alltrue([for id in var.host_security_group_ids : can(regex("^sg-[0-9a-f]+$", id))])
    error_message = "host_security_group_ids: ids such as sg-0123abcd"
  }

  validation {
    condition     = length(distinct(var.host_security_group_ids)) == length(var.host_security_group_ids)
    error_message = "host_security_group_ids: no duplicates"
  }
}

variable "namespace" {
  description = "Private DNS namespace of Cloud Map in the same VPC. Allowed: id is a namespace id such as ns-0123abcd; name is a lower-case DNS name such as dev-ecs; a namespace of the VPC in vpc_id, because hosts of another VPC cannot resolve its names"
  type = object({
    id     = string
    name   = string
    vpc_id = string
  })
  nullable = false

  validation {
    condition     = can(regex("^ns-[a-z0-9]+$", var.namespace.id))
    error_message = "namespace: id is a namespace id such as ns-0123abcd"
  }

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$", var.namespace.name)) && can(regex("^.{0,200}$", var.namespace.name))
    error_message = "namespace: name is a lower-case DNS name such as dev-ecs"
  }

  validation {
    condition     = var.namespace.vpc_id == var.vpc_id
    error_message = "namespace: a namespace of the VPC in vpc_id, because hosts of another VPC cannot resolve its names"
  }
}

variable "exec" {
  description = "ECS Exec: a shell in running containers, for users whom IAM allows"
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the containers' logs. Allowed: one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096], var.log_retention_days)
    error_message = "log_retention_days: one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096"
  }
}

variable "log_kms_key_arn" {
  description = "KMS key for the logs. Its policy must allow CloudWatch Logs to use it. Default: CloudWatch's own key. Allowed: the ARN of a KMS key, `arn:aws:kms:<region>:<account>:key/<id>`"
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null ? true : can(regex("^arn:aws[\\w-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$", var.log_kms_key_arn))
    error_message = "log_kms_key_arn: the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>"
  }
}

variable "tags" {
  description = "Tags of all resources, and of tasks, in addition to the provider's default_tags. A tag that the module sets itself, such as Name, has precedence. Allowed: up to 40 tags; keys of 1 to 128 and values of up to 256 letters, digits, spaces or _.:/=+-@; no key begins with aws: or differs from another only in case"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 40
    error_message = "tags: up to 40 tags"
  }

  validation {
    condition = alltrue([
      for key, value in var.tags :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$", key)) && can(regex("^.{1,128}$", key)) &&
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$", value)) && can(regex("^.{0,256}$", value))
    ])
    error_message = "tags: keys of 1 to 128 and values of up to 256 letters, digits, spaces or _.:/=+-@"
  }

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])
    error_message = "tags: no key begins with aws:"
  }

  validation {
    condition     = length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)
    error_message = "tags: no key differs from another only in case"
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the roles that the module makes. The policy must allow what the roles need. Default: no boundary. Allowed: the ARN of an IAM policy, `arn:aws:iam::<account>:policy/<name>`"
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:aws[\\w-]*:iam::(\\d{12}|aws):policy/([\\w+=,.@-]+/)*[\\w+=,.@-]+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn: the ARN of an IAM policy, arn:aws:iam::<account>:policy/<name>"
  }
}

variable "execution_role" {
  description = "An existing role, in place of one that the module makes: ECS uses it to pull the image, write logs and read secrets, and the module adds no policy to it. An object, so that Terraform may learn the ARN during an apply. Allowed: { arn = … } with the ARN of an IAM role, `arn:aws:iam::<account>:role/<name>`"
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.execution_role == null ? true : can(regex("^arn:aws[\\w-]*:iam::\\d{12}:role/([\\w+=,.@-]+/)*[\\w+=,.@-]+$", var.execution_role.arn))
    error_message = "execution_role: the ARN of an IAM role, arn:aws:iam::<account>:role/<name>"
  }
}

variable "task_role" {
  description = "An existing role, in place of one that the module makes: the containers use it, and the module adds no policy to it. Allowed: { arn = … } with the ARN of an IAM role, `arn:aws:iam::<account>:role/<name>`"
  type        = object({ arn = string })
  default     = null

  validation {
    condition     = var.task_role == null ? true : can(regex("^arn:aws[\\w-]*:iam::\\d{12}:role/([\\w+=,.@-]+/)*[\\w+=,.@-]+$", var.task_role.arn))
    error_message = "task_role: the ARN of an IAM role, arn:aws:iam::<account>:role/<name>"
  }
}

variable "subnets" {
  description = "Subnets of the hosts, one in each zone, by a name such as the zone's. Only tasks in awsvpc mode use them, and need them. Allowed: 2 or more subnet ids, each in another zone"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.subnets) >= 2 || (length(var.subnets) == 0 && var.network_mode != "awsvpc")
    error_message = "subnets: 2 or more subnets, each in another zone"
  }

  validation {
    condition     = alltrue([for id in values(var.subnets) : can(regex("^subnet-[0-9a-f]+$", id))])
    error_message = "subnets: ids such as subnet-0123abcd"
  }

  validation {
    condition     = length(distinct(values(var.subnets))) == length(var.subnets)
    error_message = "subnets: no subnet twice"
  }
}

variable "image" {
  description = "Image of the container. Allowed: an image with a tag or digest"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._/:-]*(:\\w[\\w.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$", var.image))
    error_message = "image: an image with a tag or digest"
  }
}

variable "port" {
  description = "Port that the container listens on; also set as PORT. Allowed: a whole number from 1 to 65535"
  type        = number
  nullable    = false

  validation {
    condition     = var.port >= 1 && var.port <= 65535 && floor(var.port) == var.port
    error_message = "port: a whole number from 1 to 65535"
  }
}

variable "network_mode" {
  description = "`bridge`: tasks get dynamic host ports; `awsvpc`: each task has its own address and security group, but a host has few network interfaces; `host`: tasks use the container's port on the host, so one task per host, and the program can use the host's role. Allowed: one of bridge, awsvpc, host"
  type        = string
  default     = "bridge"
  nullable    = false

  validation {
    condition     = contains(["bridge", "awsvpc", "host"], var.network_mode)
    error_message = "network_mode: one of bridge, awsvpc, host"
  }
}

variable "records" {
  description = "`SRV`: host and port, in every network mode; `A`: only addresses, for clients that know the port, and only in awsvpc mode. Allowed: one of SRV, A; SRV in the network modes bridge and host, because an A record has no port"
  type        = string
  default     = "SRV"
  nullable    = false

  validation {
    condition     = contains(["SRV", "A"], var.records)
    error_message = "records: one of SRV, A"
  }

  validation {
    condition     = var.records == "SRV" || var.network_mode == "awsvpc"
    error_message = "records: SRV in the network modes bridge and host, because an A record has no port"
  }
}

variable "dns_ttl" {
  description = "TTL of the records. Allowed: a whole number from 1 to 300 (seconds)"
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.dns_ttl >= 1 && var.dns_ttl <= 300 && floor(var.dns_ttl) == var.dns_ttl
    error_message = "dns_ttl: a whole number from 1 to 300 (seconds)"
  }
}

variable "desired_count" {
  description = "Number of tasks. Allowed: a whole number from 1 to 1000; 1 with single_task"
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.desired_count >= 1 && var.desired_count <= 1000 && floor(var.desired_count) == var.desired_count
    error_message = "desired_count: a whole number from 1 to 1000"
  }

  validation {
    condition     = !var.single_task || var.desired_count == 1
    error_message = "desired_count: 1 with single_task"
  }
}

variable "single_task" {
  description = "For a program that must not run twice, such as a database. A deploy stops the old task before it starts the new one, and no deploy is rolled back: ECS starts tasks until one stays healthy. ECS does not guarantee that two never overlap, so the program needs a lock"
  type        = bool
  default     = false
  nullable    = false
}

variable "memory" {
  description = "Hard limit of the container. Allowed: a whole number from 32 to 262144 (MiB)"
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.memory >= 32 && var.memory <= 262144 && floor(var.memory) == var.memory
    error_message = "memory: a whole number from 32 to 262144 (MiB)"
  }
}

variable "cpu" {
  description = "CPU share. Allowed: a whole number from 32 to 65536 (CPU units, 1024 per core)"
  type        = number
  default     = 128
  nullable    = false

  validation {
    condition     = var.cpu >= 32 && var.cpu <= 65536 && floor(var.cpu) == var.cpu
    error_message = "cpu: a whole number from 32 to 65536 (CPU units, 1024 per core)"
  }
}

variable "entry_point" {
  description = "Replaces the image's ENTRYPOINT. Allowed: a list of words without null"
  type        = list(string)
  default     = null

  validation {
    condition     = var.entry_point == null ? true : alltrue([for word in var.entry_point : word != null])
    error_message = "entry_point: a list of words without null"
  }
}

variable "command" {
  description = "Replaces the image's CMD. Allowed: a list of words without null"
  type        = list(string)
  default     = null

  validation {
    condition     = var.command == null ? true : alltrue([for word in var.command : word != null])
    error_message = "command: a list of words without null"
  }
}

variable "environment" {
  description = "Plain environment variables of the container; no secrets. Allowed: a variable name such as LOG_LEVEL, except AWS_REGION and PORT; text for each variable, not null"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.environment) : can(regex("^[A-Za-z_]\\w*$", name))])
    error_message = "environment: variable names such as LOG_LEVEL"
  }

  # The module sets these.
  validation {
    condition     = alltrue([for name in keys(var.environment) : !contains(["AWS_REGION", "PORT"], name)])
    error_message = "environment: no AWS_REGION and no PORT"
  }

  validation {
    condition     = alltrue([for value in values(var.environment) : value != null])
    error_message = "environment: text for each variable, not null"
  }
}

variable "secrets" {
  description = "Secret environment variables: ARNs of secrets, of keys in secrets, or of parameters. ECS reads them when a task starts. Allowed: a variable name such as LOG_LEVEL, except AWS_REGION and PORT; the full ARN of a secret, optionally with :json-key::, or of a parameter; variables that environment does not set"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Za-z_]\\w*$", name))])
    error_message = "secrets: variable names such as LOG_LEVEL"
  }

  # The module sets these.
  validation {
    condition     = alltrue([for name in keys(var.secrets) : !contains(["AWS_REGION", "PORT"], name)])
    error_message = "secrets: no AWS_REGION and no PORT"
  }

  validation {
    condition     = alltrue([for name in keys(var.secrets) : !contains(keys(var.environment), name)])
    error_message = "secrets: variables that environment does not set"
  }

  validation {
    condition = alltrue([
      for arn in values(var.secrets) :
      can(regex("^arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\\d{12}:secret:[\\w/+=.@-]+-[A-Za-z0-9]{6}(:[\\w/+=.@-]*){0,3}|ssm:[a-z0-9-]+:\\d{12}:parameter/[\\w./-]+)$", arn))
    ])
    error_message = "secrets: the full ARN of a secret, optionally with :json-key::, or of a parameter"
  }
}

variable "secret_key_arns" {
  description = "Customer managed KMS keys that encrypt those secrets. Allowed: KMS key ARNs; an empty list if secrets is empty"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.secret_key_arns : can(regex("^arn:aws[\\w-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$", arn))])
    error_message = "secret_key_arns: KMS key ARNs"
  }

  validation {
    condition     = length(var.secret_key_arns) == 0 || length(var.secrets) > 0
    error_message = "secret_key_arns: an empty list if secrets is empty"
  }
}

variable "execution_policies" {
  description = "IAM policy documents for ECS, such as execution_policy_json of modules/redis: with it a release can be rolled back after a password rotation. Allowed: policy documents as JSON, from jsonencode() or aws_iam_policy_document"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for policy in var.execution_policies : can(jsondecode(policy).Statement)])
    error_message = "execution_policies: policy documents as JSON, from jsonencode() or aws_iam_policy_document"
  }
}

variable "task_policies" {
  description = "IAM policy documents for the program. Allowed: policy documents as JSON, from jsonencode() or aws_iam_policy_document"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for policy in var.task_policies : can(jsondecode(policy).Statement)])
    error_message = "task_policies: policy documents as JSON, from jsonencode() or aws_iam_policy_document"
  }
}

variable "health_check" {
  description = "Health check inside the container: a shell command, and times in seconds. Only healthy tasks are in DNS, if there are any. Allowed: command is a shell command such as node healthy.js; interval is a whole number from 5 to 300 (seconds); timeout is a whole number from 2 to 60 (seconds); retries is a whole number from 1 to 10; start_period is a whole number from 0 to 300 (seconds)"
  type = object({
    command      = string
    interval     = optional(number, 10)
    timeout      = optional(number, 5)
    retries      = optional(number, 3)
    start_period = optional(number, 60)
  })
  default = null

  validation {
    condition     = var.health_check == null ? true : can(regex("\\S", var.health_check.command))
    error_message = "health_check: command is a shell command such as node healthy.js"
  }

  validation {
    condition     = var.health_check == null ? true : contains(range(5, 301), var.health_check.interval)
    error_message = "health_check: interval is a whole number from 5 to 300 (seconds)"
  }

  validation {
    condition     = var.health_check == null ? true : contains(range(2, 61), var.health_check.timeout)
    error_message = "health_check: timeout is a whole number from 2 to 60 (seconds)"
  }

  validation {
    condition     = var.health_check == null ? true : contains(range(1, 11), var.health_check.retries)
    error_message = "health_check: retries is a whole number from 1 to 10"
  }

  validation {
    condition     = var.health_check == null ? true : contains(range(0, 301), var.health_check.start_period)
    error_message = "health_check: start_period is a whole number from 0 to 300 (seconds)"
  }
}

variable "stop_timeout" {
  description = "Time between SIGTERM and SIGKILL when a task stops. Allowed: a whole number from 2 to 3600 (seconds)"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.stop_timeout >= 2 && var.stop_timeout <= 3600 && floor(var.stop_timeout) == var.stop_timeout
    error_message = "stop_timeout: a whole number from 2 to 3600 (seconds)"
  }
}

variable "client_security_groups" {
  description = "Security groups that may connect to the port, in awsvpc and host mode, by a name of your choice. In bridge mode, the hosts' security group must allow clients. Allowed: security group ids; no duplicates; none in the network mode bridge, where the hosts' security group allows clients"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for id in values(var.client_security_groups) : can(regex("^sg-[0-9a-f]+$", id))])
    error_message = "client_security_groups: security group ids"
  }

  validation {
    condition     = length(distinct(values(var.client_security_groups))) == length(var.client_security_groups)
    error_message = "client_security_groups: no duplicates"
  }

  validation {
    condition     = length(var.client_security_groups) == 0 || var.network_mode != "bridge"
    error_message = "client_security_groups: none in the network mode bridge, where the hosts' security group allows clients"
  }
}

variable "dynamic_port_range" {
  description = "Dynamic ports of the hosts. Set it if tasks in awsvpc mode connect to services in bridge mode, such as Redis: the module adds a rule to the hosts' security group. Allowed: from and to are whole numbers from 1024 to 65535; to greater than from; null in the network modes bridge and host, where tasks use the hosts' rules"
  type = object({
    from = number
    to   = number
  })
  default = null

  # try() because comparing a null attribute is an error.
  validation {
    condition = var.dynamic_port_range == null ? true : try(alltrue([
      for port in values(var.dynamic_port_range) : port >= 1024 && port <= 65535 && floor(port) == port
    ]), false)
    error_message = "dynamic_port_range: from and to are whole numbers from 1024 to 65535"
  }

  validation {
    condition     = var.dynamic_port_range == null ? true : try(var.dynamic_port_range.to > var.dynamic_port_range.from, false)
    error_message = "dynamic_port_range: to greater than from"
  }

  validation {
    condition     = var.dynamic_port_range == null ? true : var.network_mode == "awsvpc"
    error_message = "dynamic_port_range: null in the network modes bridge and host, where tasks use the hosts' rules"
  }
}

variable "container" {
  description = "Other fields of the container's definition, in the words of ECS, such as { user = \"999:999\" }. They replace what the module sets. Allowed: an object without logConfiguration, which the module sets"
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.container)) && !contains(try(keys(var.container), []), "logConfiguration")
    error_message = "container: an object without logConfiguration, which the module sets"
  }
}

variable "sidecars" {
  description = "Definitions of more containers of the task, in the words of ECS. The module adds their logConfiguration. Allowed: a list of objects with name, image and memory or memoryReservation"
  type        = any
  default     = []
  nullable    = false

  validation {
    condition     = can([for each in var.sidecars : [each.name, each.image, try(each.memory, each.memoryReservation)]])
    error_message = "sidecars: a list of objects with name, image and memory or memoryReservation"
  }
}

variable "efs_volumes" {
  description = "Folders of EFS file systems, by a name of your choice. The task's role mounts them through their access points, so task_policies must allow it. Allowed: file_system_id is a file system id such as fs-0123abcd; access_point_id is an access point id such as fsap-0123abcd; path is where the container has it, such as /data"
  type = map(object({
    file_system_id  = string
    access_point_id = string
    path            = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for each in values(var.efs_volumes) : can(regex("^fs-[0-9a-f]+$", each.file_system_id))])
    error_message = "efs_volumes: file_system_id is a file system id such as fs-0123abcd"
  }

  validation {
    condition     = alltrue([for each in values(var.efs_volumes) : can(regex("^fsap-[0-9a-f]+$", each.access_point_id))])
    error_message = "efs_volumes: access_point_id is an access point id such as fsap-0123abcd"
  }

  validation {
    condition     = alltrue([for each in values(var.efs_volumes) : can(regex("^/[^/]", each.path))])
    error_message = "efs_volumes: path is where the container has it, such as /data"
  }
}

variable "task_definition_tags" {
  description = "Tags of the task definition alone, in addition to tags. Allowed: text for each tag, not null"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for value in values(var.task_definition_tags) : value != null])
    error_message = "task_definition_tags: text for each tag, not null"
  }
}

variable "timeout_minutes" {
  description = "How long an apply waits for the service. Default: 20, of the provider. Allowed: a whole number from 1 to 720 (minutes)"
  type        = number
  default     = null

  validation {
    condition     = var.timeout_minutes == null ? true : contains(range(1, 721), var.timeout_minutes)
    error_message = "timeout_minutes: a whole number from 1 to 720 (minutes)"
  }
}

# The service depends on it. depends_on of the call would make the roles and the Cloud Map service wait too, and they
# could not be part of what it waits for.
variable "waits_for" {
  description = "Resources that must exist before tasks start, such as the mount targets of a file system. They may use outputs of the module, such as task_role_arn. Allowed: a list of resources"
  type        = any
  default     = []
  nullable    = false

  validation {
    condition     = can(concat(var.waits_for))
    error_message = "waits_for: a list of resources"
  }
}
