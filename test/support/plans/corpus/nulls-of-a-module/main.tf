# A module that passes null for what its caller leaves out: the provider computes it.
module "web" {
  source = "./web"
  name   = "nulls"
}
