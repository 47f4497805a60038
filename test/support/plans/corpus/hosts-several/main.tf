# Two groups of hosts with a capacity provider each: one mixes instance types, one is from a launch configuration.
resource "aws_ecs_cluster" "main" {
  name = "hosts"
}

resource "aws_launch_template" "spot" {
  name_prefix   = "hosts-spot-"
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = "t3.medium"
  user_data     = base64encode("#!/bin/bash\necho ECS_CLUSTER=hosts >> /etc/ecs/ecs.config\n")
}

resource "aws_autoscaling_group" "spot" {
  name                = "hosts-spot"
  min_size            = 1
  max_size            = 4
  desired_capacity    = 2
  vpc_zone_identifier = ["subnet-0a1b2c3d4e5f60718"]

  mixed_instances_policy {
    instances_distribution {
      on_demand_percentage_above_base_capacity = 0
      spot_allocation_strategy                 = "price-capacity-optimized"
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.spot.id
        version            = "$Latest"
      }

      override {
        instance_type = "t3.large"
      }

      override {
        instance_type = "m5.large"
      }
    }
  }
}

resource "aws_launch_configuration" "steady" {
  name_prefix   = "hosts-steady-"
  image_id      = "ami-0a1b2c3d4e5f60718"
  instance_type = "m5.large"
  user_data     = "#!/bin/bash\necho ECS_CLUSTER=hosts >> /etc/ecs/ecs.config\necho ECS_RESERVED_MEMORY=256 >> /etc/ecs/ecs.config\n"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "steady" {
  name                 = "hosts-steady"
  min_size             = 1
  max_size             = 2
  launch_configuration = aws_launch_configuration.steady.name
  vpc_zone_identifier  = ["subnet-0a1b2c3d4e5f60718"]
}

resource "aws_ecs_capacity_provider" "each" {
  for_each = { spot = aws_autoscaling_group.spot.arn, steady = aws_autoscaling_group.steady.arn }
  name     = each.key

  auto_scaling_group_provider {
    auto_scaling_group_arn = each.value
  }
}

resource "aws_ecs_cluster_capacity_providers" "main" {
  cluster_name       = aws_ecs_cluster.main.name
  capacity_providers = [for provider in aws_ecs_capacity_provider.each : provider.name]

  default_capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.each["spot"].name
    weight            = 3
  }

  default_capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.each["steady"].name
    base              = 1
    weight            = 1
  }
}

resource "aws_ecs_task_definition" "app" {
  family = "hosts"
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:2.1"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
  }])
}

resource "aws_ecs_service" "app" {
  name            = "hosts"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.each["steady"].name
    weight            = 1
  }
}
