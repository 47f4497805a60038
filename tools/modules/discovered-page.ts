/** The text of the page of the module `discovered-service`. */
export const discoveredPage = {
  about: `Runs a program as an ECS service that is registered in Cloud Map. SRV records have host and port and work in
\`bridge\`, \`host\` and \`awsvpc\` mode; A records work only in \`awsvpc\` mode. Clients look up
\`<name>.<namespace>\`, for example with the package [srv-dialer](../../runtime/README.md).

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
- Rules of the hosts' security group. In bridge mode it must allow clients on the hosts' dynamic ports.
  \`dynamic_port_range\` adds one rule. The group must then have no inline \`ingress\` blocks, which would remove it.`,
  ],
};
