/** What the page of the module of Redis says beside its tables. */
export const redisPage = {
  about: `Redis as an ECS service of its own on the hosts of a cluster that you have. Clients find it by the SRV record
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
[docs/terraform-module.md](../../docs/terraform-module.md) goes from one task with app and Redis to this module.`,
    `## Data that must not be lost

\`prevent_destroy\` cannot be a variable: Terraform wants a literal. So the file system that the module creates is
destroyed with it. Where data must stay, keep the file system in your own Terraform, and name it:

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
    `## Rotating the password

Redis accepts two passwords, and the app uses one. Raise \`password_version\` by one and apply: at an even number
\`password_secret_arn\` is the other secret, and the app's next tasks use it; at an odd number the unused password gets
a new value, and Redis starts once. [Operations](../../docs/operations.md#rotate-the-password) has the checks between
two steps.`,
    `## Not in the module

- Redis' own health check times, a mirror for the image, backups, and what tells people of stops and failed
  deployments: [an environment](../../docs/environments.md) has them. \`file_system_id\` is there for a backup plan.
- Rules of the hosts' security group. It must let its hosts, and clients with a security group of their own, reach the
  hosts' dynamic ports.`,
  ],
};
