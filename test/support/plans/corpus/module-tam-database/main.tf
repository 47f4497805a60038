# A service from terraform-aws-modules whose container gets the address of a database.
resource "aws_db_instance" "main" {
  identifier          = "tam"
  engine              = "postgres"
  instance_class      = "db.t4g.micro"
  allocated_storage   = 20
  username            = "tam"
  password            = "not-a-real-password"
  skip_final_snapshot = true
}

module "cluster" {
  source       = "MODULES/tam-ecs//modules/cluster"
  cluster_name = "tam-database"
}

module "service" {
  source = "MODULES/tam-ecs//modules/service"

  name        = "web"
  cluster_arn = module.cluster.arn
  subnet_ids  = ["subnet-0a1b2c3d4e5f60718"]

  container_definitions = {
    web = {
      image                    = "ghcr.io/example/shop:2.1"
      port_mappings            = [{ containerPort = 3000 }]
      environment              = [{ name = "DATABASE_HOST", value = aws_db_instance.main.address }]
      readonly_root_filesystem = false
    }
  }
}
