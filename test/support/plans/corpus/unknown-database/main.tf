# The address of a database is unknown before the first apply, and so is the whole definition.
locals {
  name = "shop"
}

variable "release" {
  type    = string
  default = "2.1"
}

resource "aws_ecs_cluster" "main" {
  name = local.name
}

resource "aws_db_instance" "main" {
  identifier          = local.name
  engine              = "postgres"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  username            = "shop"
  password            = "not-a-real-password"
  skip_final_snapshot = true
}

resource "aws_ecs_task_definition" "app" {
  family                   = local.name
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "app"
    image        = "ghcr.io/example/shop:${var.release}"
    essential    = true
    portMappings = [{ containerPort = 3000 }]
    environment = [
      { name = "PORT", value = "3000" },
      { name = "DATABASE_URL", value = "postgres://shop@${aws_db_instance.main.address}:${aws_db_instance.main.port}/shop" },
    ]
  }])
}

resource "aws_ecs_service" "app" {
  name            = local.name
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-0a1b2c3d4e5f60718"]
  }
}
