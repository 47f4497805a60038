# A production setup: several things are unknown before the first apply, in several services.
resource "aws_ecs_cluster" "main" {
  name = "many"
}

resource "aws_ecr_repository" "api" {
  name = "many/api"
}

resource "aws_db_instance" "main" {
  identifier          = "many"
  engine              = "postgres"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  username            = "many"
  password            = "not-a-real-password"
  skip_final_snapshot = true
}

resource "aws_sqs_queue" "jobs" {
  name = "many-jobs"
}

resource "aws_ecs_task_definition" "api" {
  family = "many-api"
  container_definitions = jsonencode([{
    name         = "api"
    image        = "${aws_ecr_repository.api.repository_url}:3"
    memory       = 256
    portMappings = [{ containerPort = 3000, hostPort = 0 }]
    environment  = [{ name = "DATABASE_HOST", value = aws_db_instance.main.address }]
  }])
}

resource "aws_ecs_task_definition" "worker" {
  family = "many-worker"
  container_definitions = jsonencode([{
    name        = "worker"
    image       = "${aws_ecr_repository.api.repository_url}:3"
    command     = ["worker"]
    memory      = 256
    environment = [{ name = "QUEUE_URL", value = aws_sqs_queue.jobs.url }]
  }])
}

resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 2
}

resource "aws_ecs_service" "worker" {
  name            = "worker"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.worker.arn
  desired_count   = 1
}
