# The Auto Scaling group of the capacity provider uses the default version of this template. A change reaches running hosts,
# and with it the range of ports, only when they are replaced.
resource "aws_launch_template" "hosts" {
  name                   = "prod-hosts"
  update_default_version = true
  image_id               = "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
  instance_type          = "m7i.large"
  vpc_security_group_ids = [local.host_security_group_id]

  iam_instance_profile {
    name = "prod-hosts"
  }

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  user_data = filebase64("${path.module}/hosts.sh")
}

# The app's tasks are in bridge mode, so they connect from the hosts.
resource "aws_vpc_security_group_ingress_rule" "hosts_from_hosts" {
  security_group_id            = local.host_security_group_id
  referenced_security_group_id = local.host_security_group_id
  description                  = "Redis on dynamic ports"
  ip_protocol                  = "tcp"
  from_port                    = 40000
  to_port                      = 49999
}
