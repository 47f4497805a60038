import { table } from "../docs/markdown.ts";

/** What a plan does to a Redis that runs. */
const laterChanges = table(
  ["change", "what a plan does"],
  [
    [
      "`memory`, `cpu`, `image`, `parameters`, `modules`, `metrics`, `exec`",
      "Redis starts once, with its data",
    ],
    [
      "`capacity_provider`, from none to one or back",
      "replaces the service: Redis starts once, with its data",
    ],
    ["`namespace`", "Redis starts once, with its data, and is found by its new name only"],
    ["`name`", "replaces all of it, **and a file system that the module created, with the data**"],
    [
      "`file_system`, set later",
      "**destroys the file system that the module created, with the data**: first move it out, see below",
    ],
    [
      "`file_system`, another `id` or `path`",
      "Redis starts once, in the other folder. Its data stay in the old one",
    ],
    ["`subnet_ids`, one more at the end", "adds a mount target"],
    [
      "`subnet_ids`, one less at the end",
      "destroys its mount target: first drain the hosts in that subnet",
    ],
    [
      "`subnet_ids`, in another order, or one less before the end",
      "replaces mount targets. Redis loses its file system meanwhile, and the apply may fail, because EFS allows one mount target in a zone",
    ],
  ],
);

/** What the page of the module of Redis says beside its tables. */
export const redisPage = {
  about: `Redis as a separate ECS service on the hosts of an existing cluster. Clients find it by the SRV record
\`<name>.<namespace>\`, for example with the package [srv-dialer](../../runtime/README.md).

It creates the ECS service with its log group and roles, the Cloud Map service, two secrets with passwords, and an EFS
file system for the data. A lock on the file system makes sure that two servers never write the same data, and a guard
refuses a server of the wrong version.`,
  example: `module "redis" {
  source                 = "git::https://example.com/your-copy.git//modules/redis?ref=v1.0.0"
  name                   = "dev-redis"
  cluster_name           = aws_ecs_cluster.main.name
  capacity_provider      = one(aws_ecs_cluster_capacity_providers.main.capacity_providers)
  vpc_id                 = aws_vpc.main.id
  subnet_ids             = aws_subnet.private[*].id
  host_security_group_id = aws_security_group.hosts.id
  namespace = {
    id     = aws_service_discovery_private_dns_namespace.main.id
    name   = aws_service_discovery_private_dns_namespace.main.name
    vpc_id = aws_vpc.main.id
  }
}
`,
  notes: [
    `[examples/terraform](../../examples/terraform/main.tf) is a whole root module with an app.
[docs/own-terraform.md](../../docs/own-terraform.md#the-module-in-hcl) goes from one task with app and Redis to this module.`,
    `## Data that must not be lost

\`prevent_destroy\` must be a literal in Terraform, so a module cannot make it an input. The file system that the module
creates is destroyed with it. To keep the data, keep the file system in your own Terraform, and name it:

\`\`\`hcl
resource "aws_efs_file_system" "redis" {
  encrypted       = true
  throughput_mode = "elastic"

  lifecycle {
    prevent_destroy = true
  }
}

module "redis" {
  # ...
  file_system = { id = aws_efs_file_system.redis.id, path = "/redis" }
  depends_on  = [aws_efs_mount_target.redis]
}
\`\`\`

You also make its mount targets, one in each zone, and let the hosts in on port 2049. If the file system has a policy,
it must let the task role \`<name>-task\` mount it.`,
    `## Later changes

${laterChanges}

**Take a subnet out that is not the last.** Mount targets are counted, since the ids of subnets that are created in the
same apply are no keys of \`for_each\`. Let each keep its place in the state. For the first of three:

\`\`\`sh
terraform state mv 'module.redis.aws_efs_mount_target.storage_mount_target[0]' 'module.redis.aws_efs_mount_target.storage_mount_target[3]'
terraform state mv 'module.redis.aws_efs_mount_target.storage_mount_target[1]' 'module.redis.aws_efs_mount_target.storage_mount_target[0]'
terraform state mv 'module.redis.aws_efs_mount_target.storage_mount_target[2]' 'module.redis.aws_efs_mount_target.storage_mount_target[1]'
\`\`\`

Then take it out of \`subnet_ids\`. The plan destroys \`storage_mount_target[3]\`, and no other mount target.

**Take the file system out of the module.** Write down what the module created, with the same values, and say that it
moved. Mount targets can then have keys that stay, such as their zones:

\`\`\`hcl
resource "aws_efs_file_system" "redis" {
  creation_token  = "dev-redis" # the module's name: another one replaces the file system
  encrypted       = true
  throughput_mode = "elastic"
  tags            = { Name = "dev-redis" }
  # kms_key_id    = the module's kms_key_arn, if it had one

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_efs_mount_target" "redis" {
  for_each        = { a = aws_subnet.private[0].id, b = aws_subnet.private[1].id }
  file_system_id  = aws_efs_file_system.redis.id
  subnet_id       = each.value
  security_groups = [aws_security_group.redis_storage.id]
}

resource "aws_security_group" "redis_storage" {
  name        = "dev-redis-efs"
  description = "EFS mount targets"
  vpc_id      = aws_vpc.main.id
  tags        = { Name = "dev-redis-efs" }
}

resource "aws_vpc_security_group_ingress_rule" "redis_storage" {
  security_group_id            = aws_security_group.redis_storage.id
  referenced_security_group_id = aws_security_group.hosts.id
  description                  = "NFS from the ECS hosts"
  ip_protocol                  = "tcp"
  from_port                    = 2049
  to_port                      = 2049
}

moved {
  from = module.redis.aws_efs_file_system.storage_efs[0]
  to   = aws_efs_file_system.redis
}

moved {
  from = module.redis.aws_efs_mount_target.storage_mount_target[0]
  to   = aws_efs_mount_target.redis["a"]
}

moved {
  from = module.redis.aws_efs_mount_target.storage_mount_target[1]
  to   = aws_efs_mount_target.redis["b"]
}

moved {
  from = module.redis.aws_security_group.storage_security_group[0]
  to   = aws_security_group.redis_storage
}

moved {
  from = module.redis.aws_vpc_security_group_ingress_rule.storage_from_hosts[0]
  to   = aws_vpc_security_group_ingress_rule.redis_storage
}
\`\`\`

Set \`file_system\` and \`depends_on\` as above, with the path \`/redis\`. The plan destroys the file system's policy,
\`module.redis.aws_efs_file_system_policy.storage_policy[0]\`, and nothing else; it replaces nothing, and Redis does not
start again. If it says more, do not apply it. Without a policy every host that reaches a mount target may mount the
file system: add one of your own.`,
    `## Rotating the password

Redis accepts two passwords, and the app uses one. Raise \`password_version\` by one and apply. At an even number
\`password_secret_arn\` is the other secret, and the app's next tasks use it. At an odd number the unused password gets
a new value, and Redis starts once. [Operations](../../docs/operations.md#rotate-the-password) has the checks between
two steps.`,
    `## Not in the module

- Redis' own health check times, a mirror for the image, backups, and alarms:
  [an environment](../../docs/environments.md) has them. \`file_system_id\` is there for a backup plan.
- Rules of the hosts' security group. It must let its hosts, and clients with a security group of their own, reach the
  hosts' dynamic ports.`,
  ],
};
