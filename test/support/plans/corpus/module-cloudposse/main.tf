# A service from cloudposse's modules.
resource "aws_ecs_cluster" "main" {
  name = "cloudposse"
}

module "container" {
  source = "MODULES/cp-def"

  container_name   = "web"
  container_image  = "ghcr.io/example/shop:2.1"
  container_memory = 256
  essential        = true

  environment   = [{ name = "PORT", value = "3000" }]
  port_mappings = [{ containerPort = 3000, hostPort = 3000, protocol = "tcp" }]
}

module "service" {
  source = "MODULES/cp-service"

  namespace = "eg"
  stage     = "prod"
  name      = "web"

  container_definition_json = module.container.json_map_encoded_list
  ecs_cluster_arn           = aws_ecs_cluster.main.arn
  launch_type               = "FARGATE"
  vpc_id                    = "vpc-0a1b2c3d4e5f60718"
  subnet_ids                = ["subnet-0a1b2c3d4e5f60718"]
  network_mode              = "awsvpc"
  desired_count             = 1
  task_memory               = 512
  task_cpu                  = 256
}
