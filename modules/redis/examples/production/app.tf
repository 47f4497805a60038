# The app gets REDIS_URL and REDIS_PASSWORD. An app release changes nothing of Redis.

resource "aws_ecs_service" "app" {
  name            = "prod-app"
  cluster         = local.cluster_arn
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 2

  capacity_provider_strategy {
    capacity_provider = local.capacity_provider
    weight            = 1
  }

  # In the first deploy, the app starts after Redis is healthy.
  depends_on = [module.redis, aws_efs_file_system_policy.redis, aws_iam_role_policy.app_password]
}

resource "aws_ecs_task_definition" "app" {
  family                   = "prod-app"
  requires_compatibilities = ["EC2"]
  network_mode             = "bridge"
  execution_role_arn       = aws_iam_role.app["execution"].arn
  task_role_arn            = aws_iam_role.app["task"].arn

  container_definitions = jsonencode([{
    name         = "app"
    image        = "111111111111.dkr.ecr.eu-central-1.amazonaws.com/app:1.0.0"
    essential    = true
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]

    readonlyRootFilesystem = true

    environment = [
      { name = "PORT", value = "3000" },
      { name = "REDIS_URL", value = module.redis.url },
      # The app also asks the Cloud Map API. ECS' agent sets the region from version 1.104 on.
      { name = "AWS_REGION", value = local.region },
    ]

    secrets = [{ name = "REDIS_PASSWORD", valueFrom = module.redis.password_secret_arn }]
  }])
}

resource "aws_iam_role" "app" {
  for_each = toset(["execution", "task"])

  name = "prod-app-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "app_execution" {
  role       = aws_iam_role.app["execution"].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

# ECS reads the password, and decrypts it with the key.
resource "aws_iam_role_policy" "app_password" {
  name   = "redis-password"
  role   = aws_iam_role.app["execution"].id
  policy = module.redis.execution_policy_json
}

# The app asks Cloud Map where Redis is.
resource "aws_iam_role_policy" "app_redis" {
  name   = "redis"
  role   = aws_iam_role.app["task"].id
  policy = module.redis.client_policy_json
}
