# Two capacity providers of terraform-aws-modules on EC2 hosts.
module "ecs" {
  source = "MODULES/tam-ecs"

  cluster_name = "tam-ec2"

  default_capacity_provider_use_fargate = false
  autoscaling_capacity_providers = {
    on-demand = {
      auto_scaling_group_arn = aws_autoscaling_group.each["on-demand"].arn
      managed_scaling        = { status = "ENABLED", target_capacity = 60 }
    }
    spot = {
      auto_scaling_group_arn = aws_autoscaling_group.each["spot"].arn
      managed_scaling        = { status = "ENABLED", target_capacity = 90 }
    }
  }

  services = {
    web = {
      requires_compatibilities = ["EC2"]
      subnet_ids               = ["subnet-0a1b2c3d4e5f60718"]

      capacity_provider_strategy = {
        on-demand = { capacity_provider = "on-demand", weight = 1, base = 1 }
      }

      container_definitions = {
        web = {
          image                    = "ghcr.io/example/shop:2.1"
          port_mappings            = [{ containerPort = 3000, protocol = "tcp" }]
          mount_points             = [{ sourceVolume = "data", containerPath = "/data" }]
          readonly_root_filesystem = false
        }
      }

      volume = { data = {} }
    }
  }
}

resource "aws_launch_template" "each" {
  for_each      = toset(["on-demand", "spot"])
  name          = "tam-ec2-${each.key}"
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = "t3.large"
  user_data     = base64encode("#!/bin/bash\necho ECS_CLUSTER=tam-ec2 >> /etc/ecs/ecs.config\n")
}

resource "aws_autoscaling_group" "each" {
  for_each            = aws_launch_template.each
  name                = "tam-ec2-${each.key}"
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0a1b2c3d4e5f60718"]

  launch_template {
    id      = each.value.id
    version = "$Latest"
  }
}
