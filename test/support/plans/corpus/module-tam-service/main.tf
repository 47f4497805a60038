# Cluster, service and load balancer from terraform-aws-modules, on Fargate.
module "alb" {
  source = "MODULES/tam-alb"

  name                       = "tam"
  vpc_id                     = "vpc-0a1b2c3d4e5f60718"
  subnets                    = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
  enable_deletion_protection = false

  security_group_ingress_rules = {
    http = { from_port = 80, to_port = 80, ip_protocol = "tcp", cidr_ipv4 = "0.0.0.0/0" }
  }

  listeners = {
    http = {
      port     = 80
      protocol = "HTTP"
      forward  = { target_group_key = "web" }
    }
  }

  target_groups = {
    web = {
      backend_protocol     = "HTTP"
      backend_port         = 3000
      target_type          = "ip"
      deregistration_delay = 5
      create_attachment    = false

      health_check = {
        path    = "/healthz"
        matcher = "200"
      }
    }
  }
}

module "ecs" {
  source = "MODULES/tam-ecs"

  cluster_name = "tam"

  fargate_capacity_providers = {
    FARGATE = {
      default_capacity_provider_strategy = { weight = 100 }
    }
  }

  services = {
    web = {
      cpu        = 512
      memory     = 1024
      subnet_ids = ["subnet-0a1b2c3d4e5f60718"]

      container_definitions = {
        web = {
          essential                = true
          image                    = "ghcr.io/example/shop:2.1"
          port_mappings            = [{ name = "web", containerPort = 3000, protocol = "tcp" }]
          environment              = [{ name = "PORT", value = "3000" }]
          readonly_root_filesystem = false
        }
      }

      load_balancer = {
        service = {
          target_group_arn = module.alb.target_groups["web"].arn
          container_name   = "web"
          container_port   = 3000
        }
      }
    }
  }
}
