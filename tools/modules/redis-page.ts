import { table } from "../docs/markdown.ts";

/** What a change of an input does to a running Redis. */
const laterChanges = table(
  ["change", "what a plan does"],
  [
    [
      "`memory`, `cpu`, `image`, `parameters`, `modules`, `metrics`, `exec`",
      "restarts Redis; the data is kept",
    ],
    [
      "`capacity_provider`, set or removed",
      "replaces the service and restarts Redis; the data is kept",
    ],
    ["`namespace`", "restarts Redis; the data is kept. Only the new name resolves"],
    [
      "`name`",
      "replaces everything, **including a file system that the module created, with its data**",
    ],
    [
      "`file_system`, set later",
      "**destroys the file system that the module created, with its data**: move it out of the module first, see below",
    ],
    [
      "`file_system`, another `id` or `path`",
      "restarts Redis in the other folder. Its data remains in the old one",
    ],
    ["`subnet_ids`, one added at the end", "adds a mount target"],
    [
      "`subnet_ids`, one removed at the end",
      "destroys its mount target: drain the hosts in that subnet first",
    ],
    [
      "`subnet_ids`, another order, or one removed before the end",
      "replaces mount targets. Redis loses its file system meanwhile, and the apply may fail, because EFS allows one mount target per zone",
    ],
  ],
);

/** The text of the page of the module `redis`. */
export const redisPage = {
  about: `Runs Redis as an ECS service on the hosts of an existing cluster. Clients look up the SRV record
\`<name>.<namespace>\`, for example with the package [srv-dialer](../../runtime/README.md).

It creates the ECS service with its log group and roles, the Cloud Map service, two secrets with passwords, and an EFS
file system for the data. A lock on the file system prevents two servers from writing the same data, and a check
refuses to start a server with the wrong version.`,
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
    `[examples/terraform](../../examples/terraform/main.tf) is a complete root module with an app.
[docs/own-terraform.md](../../docs/own-terraform.md) shows how to migrate from one task with app and Redis to this module.`,
    `## Data that must not be lost

\`prevent_destroy\` cannot be a variable, because Terraform requires a literal. So a file system that the module creates
is destroyed with the module. To keep the data, create the file system in your own configuration and pass it to the module:

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

Also create its mount targets, one in each zone, and allow the hosts on port 2049. If the file system has a policy,
it must allow the task role \`<name>-task\` to mount it.`,
    `## Later changes

${laterChanges}

**Remove a subnet that is not the last.** Mount targets use \`count\`, because the ids of subnets that are created in the
same apply cannot be keys of \`for_each\`. Move the mount targets in the state first. To remove the first of three:

\`\`\`sh
terraform state mv 'module.redis.aws_efs_mount_target.storage_mount_target[0]' 'module.redis.aws_efs_mount_target.storage_mount_target[3]'
terraform state mv 'module.redis.aws_efs_mount_target.storage_mount_target[1]' 'module.redis.aws_efs_mount_target.storage_mount_target[0]'
terraform state mv 'module.redis.aws_efs_mount_target.storage_mount_target[2]' 'module.redis.aws_efs_mount_target.storage_mount_target[1]'
\`\`\`

Then remove it from \`subnet_ids\`. The plan destroys \`storage_mount_target[3]\`, and no other mount target.

**Move the file system out of the module.** Declare the resources that the module created, with the same values, and add
\`moved\` blocks. The mount targets can then use \`for_each\` with stable keys, such as their zones:

\`\`\`hcl
resource "aws_efs_file_system" "redis" {
  creation_token  = "dev-redis" # the module's name; another value replaces the file system
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

Set \`file_system\` and \`depends_on\` as above, with the path \`/redis\`. The plan must destroy only the file system's
policy, \`module.redis.aws_efs_file_system_policy.storage_policy[0]\`, and replace nothing. Redis is not restarted. If the
plan has other changes, do not apply it. Without a policy, every host that reaches a mount target can mount the
file system, so add your own policy.`,
    `## Rotating the password

Redis accepts two passwords, and the app uses one. To rotate, increase \`password_version\` by one and apply. An even
number switches \`password_secret_arn\` to the other secret, which the app's next tasks use. An odd number replaces the
unused password and restarts Redis. [Operations](../../docs/operations.md#rotate-the-password) describes the checks
between two steps.`,
    `## Not in the module

- Settings of Redis' health check, an image mirror, backups, and notifications about stopped tasks and failed
  deployments: [an environment](../../docs/environments.md) has them. For a backup plan, use \`file_system_id\`.
- Rules of the hosts' security group. It must allow the hosts, and clients with other security groups, on the hosts'
  dynamic ports.`,
  ],
};
