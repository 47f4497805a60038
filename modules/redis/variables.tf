# What has no validation here is checked by the module discovered-service.

variable "name" {
  description = "DNS name in the namespace: clients look up `<name>.<namespace>`. Allowed: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as dev-redis"
  type        = string
  nullable    = false
}

variable "name_prefix" {
  description = "Name of the ECS service, and prefix of the names of roles, secrets, log group, alarms and what else has a name. It must be unique in the AWS account, across regions: set it where two regions have the same DNS name. Default: name. Allowed: 1 to 40 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, such as dev-redis"
  type        = string
  default     = null
}

variable "cluster_name" {
  description = "Name of the ECS cluster on EC2. Allowed: the name of an ECS cluster"
  type        = string
  nullable    = false
}

variable "capacity_provider" {
  description = "Capacity provider of the cluster. The call must depend on its aws_ecs_cluster_capacity_providers. Default: launch type EC2. Allowed: the name of a capacity provider"
  type        = string
  default     = null
}

variable "force_new_deployment" {
  description = "Set it for the apply that changes capacity_provider from one to another, and remove it afterwards. Without it, provider 6 refuses the plan, and provider 5 replaces the service"
  type        = bool
  default     = false
  nullable    = false
}

variable "wait_for_steady_state" {
  description = "An apply waits until Redis runs and is healthy, or has stopped. Without it, a Redis that does not start fails no apply"
  type        = bool
  default     = true
  nullable    = false
}

variable "stopped" {
  description = "Stops Redis, for maintenance, a restore or a migration. The data is kept, and the alarms send nothing. Clients find no record and wait"
  type        = bool
  default     = false
  nullable    = false
}

variable "placement_constraints" {
  description = "Constraints for the host of Redis, as in aws_ecs_service. Allowed: up to 10; type is distinctInstance or memberOf; expression is set with memberOf alone, such as `attribute:ecs.instance-type =~ r7g.*`"
  type = list(object({
    type       = string
    expression = optional(string)
  }))
  default  = []
  nullable = false
}

variable "vpc_id" {
  description = "VPC of the hosts. DNS support and DNS hostnames must be on. Allowed: a VPC id such as vpc-0123abcd"
  type        = string
  nullable    = false
}

variable "host_security_group_ids" {
  description = "Security groups of the hosts. In bridge mode they must allow hosts and clients on the hosts' dynamic ports. Allowed: 1 to 5 security group ids such as sg-0123abcd; no duplicates"
  type        = list(string)
  nullable    = false
}

variable "namespace" {
  description = "Private DNS namespace of Cloud Map in the same VPC. Allowed: id is a namespace id such as ns-0123abcd; name is a lower-case DNS name such as dev-ecs; a namespace of the VPC in vpc_id, because hosts of another VPC cannot resolve its names"
  type = object({
    id     = string
    name   = string
    vpc_id = string
  })
  nullable = false
}

variable "exec" {
  description = "ECS Exec: a shell in running containers, for users whom IAM allows. Its agent needs a writable root file system in Redis' container"
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the containers' logs. Allowed: one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096"
  type        = number
  default     = 30
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "KMS key for the logs. Its policy must allow CloudWatch Logs to use it. Default: CloudWatch's own key. Allowed: the ARN of a KMS key, `arn:aws:kms:<region>:<account>:key/<id>`"
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of all resources, and of tasks, in addition to the provider's default_tags. A tag that the module sets itself, such as Name, has precedence. Allowed: up to 40 tags; keys of 1 to 128 and values of up to 256 letters, digits, spaces or _.:/=+-@; no key begins with aws: or differs from another only in case"
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the roles that the module makes. The policy must allow what the roles need. Default: no boundary. Allowed: the ARN of an IAM policy, `arn:aws:iam::<account>:policy/<name>`"
  type        = string
  default     = null
}

variable "execution_role" {
  description = "An existing role, in place of one that the module makes: ECS uses it to pull the image, write logs and read secrets, and the module adds no policy to it: give it execution_policy_json. An object, so that Terraform may learn the ARN during an apply. Allowed: { arn = … } with the ARN of an IAM role, `arn:aws:iam::<account>:role/<name>`"
  type        = object({ arn = string })
  default     = null
}

variable "task_role" {
  description = "An existing role, in place of one that the module makes: Redis mounts its folder with it, and the module adds no policy to it: give it task_policy_json. Allowed: { arn = … } with the ARN of an IAM role, `arn:aws:iam::<account>:role/<name>`"
  type        = object({ arn = string })
  default     = null
}

variable "subnets" {
  description = "Subnets of the hosts, one in each zone, by a name such as the zone's. The names must be known when Terraform plans. A new file system has a mount target in each. Allowed: 2 or more subnet ids, each in another zone; none with file_system, so that a plan without file_system is refused"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = var.file_system != null || length(var.subnets) >= 2
    error_message = "subnets: 2 or more subnets, each in another zone, unless file_system is set"
  }

  # If file_system is removed by mistake, this module must not create an empty file system.
  validation {
    condition     = var.file_system == null || length(var.subnets) == 0
    error_message = "subnets: none with file_system, which has mount targets of its own"
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
  description = "Container image. It must run as 999:999, like the official Debian images. Allowed: a Debian image of Redis or Valkey with a version or digest, such as redis:8.0.4; not latest, and not an image with Alpine, BusyBox or no shell, where flock cannot wait"
  type        = string
  default     = "public.ecr.aws/docker/library/redis:8.0.4"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._/:-]*(:\\w[\\w.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$", var.image))
    error_message = "image: an image with a version or digest, such as redis:8.0.4"
  }

  validation {
    condition     = !can(regex(":latest(@|$)", var.image))
    error_message = "image: a version, not latest"
  }

  # start.sh waits for a lock with flock -w, which BusyBox does not have.
  validation {
    condition     = !can(regex("alpine|busybox|distroless|chainguard|wolfi", lower(var.image)))
    error_message = "image: a Debian image; flock cannot wait in an image with Alpine, BusyBox or no shell"
  }
}

variable "major_version" {
  description = "Major version of the image. To upgrade, make a backup, then change both inputs. It does not tell Redis from Valkey. Allowed: a whole number from 6 to 99; the major version in the tag of image; an older version cannot read data of a newer one"
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.major_version >= 6 && var.major_version <= 99 && floor(var.major_version) == var.major_version
    error_message = "major_version: a whole number from 6 to 99"
  }

  # A tag without a version cannot be checked.
  validation {
    condition     = try(tonumber(regex(":v?(\\d{1,2})(?:[.-][\\w.-]*)?(?:@|$)", var.image)[0]), var.major_version) == var.major_version
    error_message = "major_version: the major version in the tag of image; an older version cannot read data of a newer one"
  }
}

variable "memory" {
  description = "Hard limit of the container. Redis uses at most `maxmemory_percent` of it for data. A host must have this much free, or Redis does not start. Allowed: a whole number from 128 to 262144 (MiB)"
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory >= 128 && var.memory <= 262144 && floor(var.memory) == var.memory
    error_message = "memory: a whole number from 128 to 262144 (MiB)"
  }
}

variable "maxmemory_percent" {
  description = "Share of `memory` that Redis uses at most for data. The rest is for the rewrite of its file, during which the kernel copies what is written. Above 45, many writes can end Redis (exit code 137). Allowed: a whole number from 25 to 75 (percent)"
  type        = number
  default     = 45
  nullable    = false

  validation {
    condition     = contains(range(25, 76), var.maxmemory_percent)
    error_message = "maxmemory_percent: a whole number from 25 to 75 (percent)"
  }
}

variable "cpu" {
  description = "CPU share. Allowed: a whole number from 64 to 65536 (CPU units, 1024 per core)"
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.cpu >= 64 && var.cpu <= 65536 && floor(var.cpu) == var.cpu
    error_message = "cpu: a whole number from 64 to 65536 (CPU units, 1024 per core)"
  }
}

variable "maxmemory_policy" {
  description = "Keys that Redis evicts when its memory is full. Allowed: one of noeviction, allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-random, volatile-ttl"
  type        = string
  default     = "noeviction"
  nullable    = false

  validation {
    condition     = can(regex("^(noeviction|allkeys-(lru|lfu|random)|volatile-(lru|lfu|random|ttl))$", var.maxmemory_policy))
    error_message = "maxmemory_policy: one of noeviction, allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-random, volatile-ttl"
  }
}

variable "appendfsync" {
  description = "When writes are synced to disk. `everysec`: a host failure loses up to two seconds of writes; `always`: it loses nothing, but writes are slower. Allowed: one of everysec, always"
  type        = string
  default     = "everysec"
  nullable    = false

  validation {
    condition     = contains(["everysec", "always"], var.appendfsync)
    error_message = "appendfsync: one of everysec, always"
  }
}

variable "parameters" {
  description = "Additional parameters of redis.conf, for tuning: a map from name to text, such as { timeout = \"300\" }. Allowed: maxclients, timeout, tcp-backlog, tcp-keepalive, databases, hz, io-threads, notify-keyspace-events, maxmemory-samples, client-output-buffer-limit, activedefrag, and names that begin with auto-aof-rewrite-, active-, lazyfree-, slowlog- or latency-"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for name in keys(var.parameters) :
      can(regex("^(maxclients|timeout|tcp-(backlog|keepalive)|databases|hz|io-threads|notify-keyspace-events|maxmemory-samples|client-output-buffer-limit|activedefrag|(auto-aof-rewrite|active|lazyfree|slowlog|latency)-[a-z-]+)$", name))
    ])
    error_message = "parameters: maxclients, timeout, tcp-backlog, tcp-keepalive, databases, hz, io-threads, notify-keyspace-events, maxmemory-samples, client-output-buffer-limit, activedefrag, and names that begin with auto-aof-rewrite-, active-, lazyfree-, slowlog- or latency-"
  }

  # The values become words of a command line. A word that begins with -- would be another option.
  validation {
    condition     = alltrue([for value in values(var.parameters) : can(regex("^[A-Za-z0-9][\\w.-]*( [A-Za-z0-9][\\w.-]*)*$", value))])
    error_message = "parameters: words of letters, digits and _.- that begin with a letter or digit, with a space between two, such as \"10000\""
  }
}

variable "modules" {
  description = "Loads the modules of the image (Redis 8: Search, JSON, Bloom, TimeSeries). Without them, Redis does not start if the data contains their types"
  type        = bool
  default     = true
  nullable    = false
}

variable "metrics" {
  description = "Publishes Redis' own statistics as eight custom CloudWatch metrics, which AWS bills: share of maxmemory, evictions, clients, commands and their time, failed writes of the append-only file, loading"
  type        = bool
  default     = false
  nullable    = false
}

variable "dns_ttl" {
  description = "TTL of the SRV record. Allowed: a whole number from 1 to 300 (seconds)"
  type        = number
  default     = 10
  nullable    = false
}

variable "health_check" {
  description = "Health check of Redis. Redis is replaced when its port is closed for interval x retries, or when it does not reply for (interval + timeout) x retries. Allowed: interval is a whole number from 15 to 30 (seconds); timeout is a whole number from 20 to 60 (seconds); retries is a whole number from 9 to 10"
  type = object({
    interval = optional(number, 15)
    timeout  = optional(number, 20)
    retries  = optional(number, 10)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(range(15, 31), var.health_check.interval)
    error_message = "health_check: interval is a whole number from 15 to 30 (seconds)"
  }

  validation {
    condition     = contains(range(20, 61), var.health_check.timeout)
    error_message = "health_check: timeout is a whole number from 20 to 60 (seconds)"
  }

  validation {
    condition     = contains(range(9, 11), var.health_check.retries)
    error_message = "health_check: retries is a whole number from 9 to 10"
  }
}

variable "secret_recovery_window_days" {
  description = "How long a deleted password can be recovered. Until then its name is taken, so that the module cannot be created again with the same name. 0, for environments that come and go: it is deleted at once. Allowed: 0, or a whole number from 7 to 30 (days)"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains(concat([0], range(7, 31)), var.secret_recovery_window_days)
    error_message = "secret_recovery_window_days: 0, or a whole number from 7 to 30 (days)"
  }
}

variable "password_version" {
  description = "Step of the rotation of Redis' two passwords. To rotate, increase it by one: an even number switches the app to the other password, an odd number replaces the unused one. Allowed: a whole number from 1 to 1000000"
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.password_version >= 1 && var.password_version <= 1000000 && floor(var.password_version) == var.password_version
    error_message = "password_version: a whole number from 1 to 1000000"
  }
}

variable "secret_kms_key_arn" {
  description = "KMS key for both passwords. Its policy must let IAM policies of the account grant its use. The role that applies needs `kms:GenerateDataKey` and `kms:Decrypt` on it. Default: the AWS managed key for Secrets Manager. Allowed: the ARN of a KMS key, `arn:aws:kms:<region>:<account>:key/<id>`"
  type        = string
  default     = null

  validation {
    condition     = var.secret_kms_key_arn == null ? true : can(regex("^arn:aws[\\w-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$", var.secret_kms_key_arn))
    error_message = "secret_kms_key_arn: the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>"
  }
}

variable "file_system" {
  description = "An existing EFS file system that the hosts can mount, and the folder for Redis' data, which must exist and belong to 999:999. With `create`, EFS creates a missing folder: set it for an empty start, and remove it after that apply, because with it a wrong path starts an empty Redis. Use file_system for data that must not be lost, with prevent_destroy on your file system. Default: the module creates a file system, and destroys it with the module or when file_system is set later. Allowed: id is a file system id such as fs-0123abcd; path is an absolute path of up to 4 folders such as /redis, not the root, which belongs to root:root"
  type = object({
    id     = string
    path   = string
    create = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.file_system == null ? true : can(regex("^fs-[0-9a-f]+$", var.file_system.id))
    error_message = "file_system: id is a file system id such as fs-0123abcd"
  }

  validation {
    condition     = var.file_system == null ? true : can(regex("^(/[\\w.-]*[\\w-][\\w.-]*){1,4}$", var.file_system.path)) && can(regex("^.{0,100}$", var.file_system.path))
    error_message = "file_system: path is an absolute path of up to 4 folders such as /redis, not the root, which belongs to root:root"
  }
}

variable "kms_key_arn" {
  description = "KMS key for the new file system. **Setting it later, or changing it, replaces the file system and destroys its data.** Default: the AWS managed key for EFS. Allowed: the ARN of a KMS key, `arn:aws:kms:<region>:<account>:key/<id>`; null with file_system, which has its own key"
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:aws[\\w-]*:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+$", var.kms_key_arn))
    error_message = "kms_key_arn: the ARN of a KMS key, arn:aws:kms:<region>:<account>:key/<id>"
  }

  validation {
    condition     = var.kms_key_arn == null ? true : var.file_system == null
    error_message = "kms_key_arn: null with file_system, which has its own key"
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics for alarms: Redis is not running, Redis is full, or its host is silent. The alarms need the cluster's Container Insights. Default: no alarms. Allowed: ARNs of SNS topics, `arn:aws:sns:<region>:<account>:<name>`"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:aws[\\w-]*:sns:[a-z0-9-]+:\\d{12}:[\\w-]{1,256}$", arn))])
    error_message = "alarm_topic_arns: ARNs of SNS topics, arn:aws:sns:<region>:<account>:<name>"
  }
}
