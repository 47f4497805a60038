/** What the page of the module of a service says beside its tables. */
export const discoveredPage = {
  about: `Any program as an ECS service that others find through Cloud Map: by SRV records, which hold host and port, in
\`bridge\`, \`host\` and \`awsvpc\` mode, or in \`awsvpc\` mode by A records. Clients look up \`<name>.<namespace>\`,
for example with the package [srv-dialer](../../runtime/README.md).

It creates the ECS service with its log group and roles, the Cloud Map service, and in \`awsvpc\` mode a security group.`,
  example: `module "search" {
  source                 = "git::https://example.com/your-copy.git//modules/discovered-service?ref=v1.0.0"
  name                   = "dev-search"
  cluster_name           = aws_ecs_cluster.main.name
  vpc_id                 = aws_vpc.main.id
  subnet_ids             = aws_subnet.private[*].id
  host_security_group_id = aws_security_group.hosts.id
  image                  = "example.com/search:2.1.0"
  port                   = 9200

  namespace = {
    id     = aws_service_discovery_private_dns_namespace.main.id
    name   = aws_service_discovery_private_dns_namespace.main.name
    vpc_id = aws_vpc.main.id
  }
}
`,
  notes: [
    `## Not in the module

- A load balancer, autoscaling, and an image in an SSM parameter.
- Rules of the hosts' security group. In bridge mode it must let clients reach the hosts' dynamic ports.
  \`dynamic_port_range\` adds one rule: then the group must have no \`ingress\` blocks of its own, which would remove it.`,
  ],
};
