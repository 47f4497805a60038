import { table } from "../docs/markdown.ts";

/** What a change of an input does to a running Redis. */
const laterChanges = table(
  ["change", "what a plan does"],
  [
    [
      "`memory`, `cpu`, `image`, `parameters`, `modules`, `metrics`, `exec`, `health_check`",
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
    ["`subnets`, one added", "adds a mount target"],
    ["`subnets`, one removed", "destroys its mount target: drain the hosts in that subnet first"],
    [
      "`subnets`, another subnet or another key for the same zone",
      "replaces its mount target. The hosts in that zone lose the file system meanwhile: drain them first. With another key the apply may fail, because EFS allows one mount target per zone; add a `moved` block",
    ],
    [
      "`tags`, `permissions_boundary_arn`, `secret_recovery_window_days`",
      "updates resources in place; Redis keeps running. A task keeps the tags that it started with",
    ],
  ],
);

/** Inputs for accounts whose policies demand something of every resource. */
const policies = table(
  ["the policy demands", "set"],
  [
    [
      "a permissions boundary on every role",
      "`permissions_boundary_arn`; it must allow what [the roles do](#roles)",
    ],
    ["tags on what is created", "`tags`, or `default_tags` of the provider. Tasks get both"],
    [
      "no deletion of secrets without recovery",
      "nothing: `secret_recovery_window_days` is 30, as in AWS",
    ],
    [
      "your own keys",
      "`kms_key_arn` for the file system, `log_kms_key_arn` for the logs; the passwords have the AWS managed key",
    ],
  ],
);

/** The text of the page of the module `redis`. */
export const redisPage = {
  about: `Runs Redis as an ECS service on the hosts of an existing cluster. Clients look up the SRV record
\`<name>.<namespace>\`, for example with the package [srv-dialer](../../runtime/README.md).

It creates the ECS service with its log group and roles, the Cloud Map service, two secrets with passwords, and an EFS
file system for the data. A lock on the file system prevents two servers from writing the same data.`,
  example: `module "redis" {
  source                 = "git::https://example.com/your-copy.git//modules/redis?ref=v1.0.0"
  name                   = "dev-redis"
  cluster_name           = aws_ecs_cluster.main.name
  capacity_provider      = one(aws_ecs_cluster_capacity_providers.main.capacity_providers)
  vpc_id                 = aws_vpc.main.id
  subnets                = { a = aws_subnet.private[0].id, b = aws_subnet.private[1].id }
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
it must allow the task role (\`task_role_arn\`) to mount it through \`access_point_arn\`.

\`path\` is a folder and cannot be \`/\`: the root belongs to root:root, an access point gives an owner only to a folder that
it creates, and anyone who mounts the root reads every other folder. Data in the root have
[to be moved first](../../docs/own-terraform.md#data-in-the-root-of-the-file-system).`,
    `## Accounts with service control policies

${policies}

### Roles

A boundary must allow: for the task role, \`elasticfilesystem:ClientMount\` and \`ClientWrite\`, and with \`exec\` the four
\`ssmmessages:\` actions of ECS Exec; for the execution role, \`secretsmanager:GetSecretValue\`, and the actions of
\`AmazonECSTaskExecutionRolePolicy\` for logs and ECR.`,
    `## Later changes

${laterChanges}

**Keys of \`subnets\`.** Choose names that stay, such as zones. Subnets with \`for_each\` have them already:
\`{ for zone, subnet in aws_subnet.private : zone => subnet.id }\`. With terraform-aws-modules/vpc:
\`zipmap(module.vpc.azs, module.vpc.private_subnets)\`. They must not be ids of subnets that the same apply creates.

**Move the file system out of the module.** Declare the resources that the module created, with the same values, and add
\`moved\` blocks:

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
  from = module.redis.aws_efs_mount_target.storage_mount_target["a"]
  to   = aws_efs_mount_target.redis["a"]
}

moved {
  from = module.redis.aws_efs_mount_target.storage_mount_target["b"]
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

- An image mirror, backups, and notifications about stopped tasks and failed
  deployments: [an environment](../../docs/environments.md) has them. For a backup plan, use \`file_system_id\`.
- Rules of the hosts' security group. It must allow the hosts, and clients with other security groups, on the hosts'
  dynamic ports.
- Settings of the hosts. [Set \`ECS_DYNAMIC_HOST_PORT_RANGE\` first, then reserve that range](../../docs/own-terraform.md#1-add-the-module-on-an-empty-folder):
  with all ports of Linux reserved, every outgoing connection of the host fails.`,
  ],
};
