# Definitions in a template file, with the address of a managed Redis.
resource "aws_ecs_cluster" "main" {
  name = "templated"
}

resource "aws_elasticache_cluster" "main" {
  cluster_id      = "templated"
  engine          = "redis"
  node_type       = "cache.t4g.micro"
  num_cache_nodes = 1
}

resource "aws_ecs_task_definition" "app" {
  family = "templated"
  container_definitions = templatefile("${path.module}/containers.json.tftpl", {
    image = "ghcr.io/example/shop:2.1"
    redis = aws_elasticache_cluster.main.cache_nodes[0].address
    port  = 3000
  })
}

resource "aws_ecs_service" "app" {
  name            = "templated"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
}
