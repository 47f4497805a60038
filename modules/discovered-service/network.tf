# Security groups. In awsvpc mode tasks have their own; in bridge and host mode they use that of the hosts.

locals {
  security_group_ids = local.has_interface ? aws_security_group.discovered_network_security_group[*].id : var.host_security_group_ids

  # A client and a security group that lets it in. The first group of the hosts adds nothing to the key.
  clients = merge([
    for number, group in local.security_group_ids : {
      for name, client in var.client_security_groups : (number == 0 ? name : "${name}-${number}") => { group = number, client = client }
    }
  ]...)
}

resource "aws_security_group" "discovered_network_security_group" {
  count = local.has_interface ? 1 : 0

  name        = "${local.name_prefix}-tasks"
  description = "Tasks of ${local.name_prefix}"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${local.name_prefix}-tasks" })

  # AWS refuses to delete a group that tasks still use.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_egress_rule" "discovered_network_to_anywhere" {
  count = local.has_interface ? 1 : 0

  security_group_id = local.security_group_ids[0]
  description       = "AWS APIs, Redis and what the program calls"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
  tags              = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# Lets the tasks connect to services in bridge mode.
resource "aws_vpc_security_group_ingress_rule" "discovered_network_hosts_from_here" {
  count = local.has_interface && var.dynamic_port_range != null ? length(var.host_security_group_ids) : 0

  security_group_id            = var.host_security_group_ids[count.index]
  referenced_security_group_id = local.security_group_ids[0]
  description                  = "Tasks with a network interface of their own"
  ip_protocol                  = "tcp"
  from_port                    = var.dynamic_port_range.from
  to_port                      = var.dynamic_port_range.to
  tags                         = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# In bridge mode, the hosts' security group allows clients on the dynamic ports.
resource "aws_vpc_security_group_ingress_rule" "discovered_client_to" {
  for_each = var.network_mode == "bridge" ? {} : local.clients

  security_group_id            = local.security_group_ids[each.value.group]
  referenced_security_group_id = each.value.client
  description                  = "Clients of the service"
  ip_protocol                  = "tcp"
  from_port                    = var.port
  to_port                      = var.port
  tags                         = var.tags
}
